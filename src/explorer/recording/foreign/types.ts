import type { AttributeMap, AttributeValue, SpanKind } from '../attributes.ts';

/** A span of another instrumentation, as it was recorded. */
export interface ForeignInput {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: AttributeMap;
}

/** What a span tells in a way of its sender's own. */
export interface Told {
  /** Under our names. */
  readonly attributes: Readonly<Record<string, AttributeValue | undefined>>;
  readonly isFailed?: boolean;
  /** Where a request is described by two spans: which of them this is. */
  readonly half?: Half;
}

/**
 * `handling`: how a tool was called. `answer`: what was sent for it, in a span that does not know it. `unsure`: an answer
 * without a result, or a request of a client, which look alike.
 */
export type Half = 'handling' | 'answer' | 'unsure';

/** What tells which session a message belongs to that another instrumentation recorded. Times are Unix milliseconds. */
export interface ForeignSpan {
  /** `traceHash` and `spanKey` of its ids, and `spanKey` of its parent's; 0 for the root of a trace. */
  readonly trace: number;
  readonly span: number;
  readonly parent: number;
  readonly service: string | undefined;
  /** Empty where nothing tells it. */
  readonly process: string;
  readonly sender: string;
  readonly method: string;
  readonly tool: string | undefined;
  readonly isReceived: boolean;
  readonly half: Half | undefined;
  readonly protocolId: string | undefined;
  readonly conversationId: string | undefined;
  readonly clientName: string | undefined;
  readonly protocolVersion: string | undefined;
  readonly transport: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
}
