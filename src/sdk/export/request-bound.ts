import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { BackgroundMetricExporter, BackgroundSpanExporter } from './background-exporters.ts';

const SUCCESS: ExportResult = { code: ExportResultCode.SUCCESS };

/**
 * Whether timers, sockets and promises belong to the request that made them, and end with it, as in workerd: one request
 * cannot wait for what another one has begun.
 */
export function isRequestBound(): boolean {
  const { navigator } = globalThis as { navigator?: { userAgent?: unknown } };
  return navigator?.userAgent === 'Cloudflare-Workers';
}

/** Answers when its export has ended: the batch processor waits, for what a flush has begun itself and for nothing else. */
export class RequestBoundSpanExporter extends BackgroundSpanExporter {
  override export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.received += spans.length;
    this.send(spans, () => done(SUCCESS));
  }
}

/**
 * Answers at once, for the metric reader lets one flush wait for the export of another; its own `forceFlush`, which
 * follows in the same turn, waits for what was begun since the last one.
 */
export class RequestBoundMetricExporter extends BackgroundMetricExporter {
  #begun: Promise<void>[] = [];

  override export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    this.#begun.push(new Promise((resolve) => this.exportNow(metrics, resolve)));
    done(SUCCESS);
  }

  /** An export that its request has left behind can fail, or have no end: it is waited for once. */
  override async forceFlush(): Promise<void> {
    const begun = this.#begun;
    this.#begun = [];
    await Promise.allSettled(begun);
  }
}
