import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import {
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { SamplerSetting } from '../config/environment.ts';
import { KEEP_SESSION } from '../signals/context-keys.ts';

/**
 * Samples whole sessions: the root of a session's first trace decides by ratio, its spans follow their parent, and the
 * root of a later trace of the same session takes the session's decision over.
 */
export class SessionSampler implements Sampler {
  readonly #inner: Sampler;

  constructor({ parentBased, ratio }: SamplerSetting) {
    const root = new TraceIdRatioBasedSampler(ratio);
    this.#inner = parentBased ? new ParentBasedSampler({ root }) : root;
  }

  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    const keep = context.getValue(KEEP_SESSION);
    if (keep === undefined) return this.#inner.shouldSample(context, traceId, name, kind, attributes, links);
    return { decision: keep === true ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
  }

  toString(): string {
    return `SessionSampler{${this.#inner.toString()}}`;
  }
}
