import { TraceFlags } from '@opentelemetry/api';
import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-node';

/** Counts the spans that ought to be exported; the batch processor drops silently when its queue is full. */
export class CountingBatchSpanProcessor extends BatchSpanProcessor {
  ended = 0;

  override onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0) this.ended += 1;
    super.onEnd(span);
  }
}
