import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import {
  AlwaysOnSampler,
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
 * root of a later trace of a session that was kept is kept too. The same for the connections of a client.
 */
export class SessionSampler implements Sampler {
  readonly #inner: Sampler;

  constructor({ parentBased, ratio }: SamplerSetting) {
    // The ratio is found out by reading the trace id, for every root.
    const root = ratio === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio);
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
    const isKept = context.getValue(KEEP_SESSION);
    if (isKept === true) return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    if (isKept === false) return { decision: SamplingDecision.NOT_RECORD };
    return this.#inner.shouldSample(context, traceId, name, kind, attributes, links);
  }

  toString(): string {
    return `SessionSampler{${this.#inner.toString()}}`;
  }
}
