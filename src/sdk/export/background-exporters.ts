import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { ExportMonitor } from './export-monitor.ts';
import { expressibleMetrics } from './expressible-metrics.ts';
import { expressibleSpans } from './expressible-spans.ts';

const SUCCESS: ExportResult = { code: ExportResultCode.SUCCESS };

/**
 * Takes batches from the SDK's batch processor and answers at once. The processor holds a timer that keeps the process
 * alive until its exporter answers; a collector that hangs would keep a server from exiting. The spans under way are
 * bounded here instead, and every lost one is counted.
 */
export class BackgroundSpanExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #monitor: ExportMonitor;
  readonly #maxPending: number;
  readonly #underWay = new Set<Promise<void>>();
  #pending = 0;
  /** Spans that the batch processor handed over. */
  received = 0;

  /** Spans whose export has not ended. */
  get pending(): number {
    return this.#pending;
  }

  constructor(inner: SpanExporter, monitor: ExportMonitor, maxPending: number) {
    this.#inner = inner;
    this.#monitor = monitor;
    this.#maxPending = maxPending;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.received += spans.length;
    if (this.#pending + spans.length > this.#maxPending) this.#monitor.addLost(spans.length);
    else this.#sendInBackground(spans);
    done(SUCCESS);
  }

  /** @param settled - called when the export has ended, however it did */
  send(spans: ReadableSpan[], settled: () => void): void {
    const usable = expressibleSpans(spans);
    const count = usable.length;
    this.#monitor.addLost(spans.length - count);
    if (count === 0) {
      settled();
      return;
    }
    this.#pending += count;
    exportOnce(this.#inner, usable, (result) => {
      this.#pending -= count;
      if (result.code === ExportResultCode.SUCCESS) this.#monitor.succeeded();
      else this.#monitor.failed(result.error, count);
      settled();
    });
  }

  /** Somebody else delivers what is under way. */
  forget(): void {
    this.#pending = 0;
  }

  /** Resolves when nothing of what is under way now is under way any more. */
  async forceFlush(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
    await this.#inner.shutdown();
  }

  #sendInBackground(spans: ReadableSpan[]): void {
    let finish = (): void => {};
    const sending = new Promise<void>((resolve) => {
      finish = resolve;
    });
    this.#underWay.add(sending);
    // An exporter that is done at once, as the file exporter is, is noted at once: at the exit nothing runs later.
    this.send(spans, () => {
      this.#underWay.delete(sending);
      finish();
    });
  }
}

/** The same for metrics: one export under way, and the newest collection waits; it repeats what the others held. */
export class BackgroundMetricExporter implements PushMetricExporter {
  readonly #inner: PushMetricExporter;
  readonly #monitor: ExportMonitor;
  #underWay: Promise<void> | undefined;
  #next: ResourceMetrics | undefined;

  constructor(inner: PushMetricExporter, monitor: ExportMonitor) {
    this.#inner = inner;
    this.#monitor = monitor;
    if (inner.selectAggregation !== undefined) this.selectAggregation = inner.selectAggregation.bind(inner);
    if (inner.selectAggregationTemporality !== undefined) {
      this.selectAggregationTemporality = inner.selectAggregationTemporality.bind(inner);
    }
  }

  selectAggregation?: NonNullable<PushMetricExporter['selectAggregation']>;
  selectAggregationTemporality?: NonNullable<PushMetricExporter['selectAggregationTemporality']>;

  export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    this.#next = metrics;
    this.#underWay ??= this.#drain();
    done(SUCCESS);
  }

  /**
   * For the exit, when nothing can be awaited: what is under way is not waited for, and what waits is older.
   *
   * @param settled - called when the export has ended, however it did
   */
  exportNow(metrics: ResourceMetrics, settled = (): void => {}): void {
    this.#next = undefined;
    exportOnce(this.#inner, expressibleMetrics(metrics), (result) => {
      this.#note(result);
      settled();
    });
  }

  async forceFlush(): Promise<void> {
    await this.#underWay;
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
    await this.#inner.shutdown();
  }

  async #drain(): Promise<void> {
    while (this.#next !== undefined) {
      const metrics = this.#next;
      this.#next = undefined;
      const result = await new Promise<ExportResult>((resolve) => {
        exportOnce(this.#inner, expressibleMetrics(metrics), resolve);
      });
      this.#note(result);
    }
    this.#underWay = undefined;
  }

  #note(result: ExportResult): void {
    if (result.code === ExportResultCode.SUCCESS) this.#monitor.succeeded();
    else this.#monitor.failed(result.error, 0);
  }
}

interface Exports<T> {
  export(items: T, done: (result: ExportResult) => void): void;
}

/**
 * Calls `done` once, whatever the exporter does. It runs outside of the request that happened to fill the batch: its
 * sockets and timers would keep that request's context, and with it a closed server, until the collector answers.
 */
function exportOnce<T>(exporter: Exports<T>, items: T, done: (result: ExportResult) => void): void {
  const settle = once(done);
  try {
    context.with(suppressTracing(ROOT_CONTEXT), () => exporter.export(items, settle));
  } catch (error) {
    settle({
      code: ExportResultCode.FAILED,
      error: error instanceof Error ? error : new Error(String(error)),
    });
  }
}

/** A function of its own, so that what waits for the collector does not hold the items. */
function once(done: (result: ExportResult) => void): (result: ExportResult) => void {
  let open = true;
  return (result) => {
    if (!open) return;
    open = false;
    done(result);
  };
}
