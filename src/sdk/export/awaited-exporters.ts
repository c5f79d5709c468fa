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

/** Answers when its export has ended. Who flushes waits for that by the batch processor, and for no other export. */
export class AwaitedSpanExporter extends BackgroundSpanExporter {
  override export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.received += spans.length;
    this.send(spans, () => done(SUCCESS));
  }
}

/** The same for metrics. */
export class AwaitedMetricExporter extends BackgroundMetricExporter {
  override export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    this.exportNow(metrics, () => done(SUCCESS));
  }
}
