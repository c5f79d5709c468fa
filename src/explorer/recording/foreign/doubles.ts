import type { ForeignSpan } from './types.ts';

/** A message that this package recorded. Times are Unix milliseconds. */
export interface OwnMessage {
  readonly method: string;
  readonly tool: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Singled<T> {
  /** The spans that describe a message alone, or best, in the given order. */
  readonly single: T[];
  /** How many messages this package recorded too, by the other sender. */
  readonly doubles: ReadonlyMap<string, number>;
}

/** Clocks of two instrumentations: some have whole milliseconds, and set the start back. */
const SLACK_MS = 5;
const MAX_DEPTH = 32;
/** Messages of one kind that may run at once and still be compared. */
const MAX_COMPARED = 256;
/** An answer is written so soon after the call has ended. */
const ANSWERED_MS = 1_000;

/**
 * Where several spans describe one message, one is left. A message inside of one that the same process received is how that
 * one was handled: FastMCP has spans for mounted servers. One that this package recorded, too, is this package's.
 *
 * @param spans - of one service, by their start
 */
export function leaveOutDoubles<T extends ForeignSpan>(
  spans: readonly T[],
  own: Iterable<OwnMessage>,
): Singled<T> {
  const byKey = new Map(spans.map((span) => [keyOf(span, span.spanId), span]));
  const answering = new Set(spans.filter(({ half }) => half === 'answer').map(({ process }) => process));
  const handled = answersOfCalls(spans);
  const ours = new OwnMessages(own);
  const doubles = new Map<string, number>();
  const single = spans.filter((span) => {
    if (span.half === 'unsure' && !answering.has(span.process)) return false;
    if (handled.has(span) || (span.isReceived && isInner(span, byKey))) return false;
    if (!ours.has(span)) return true;
    doubles.set(span.sender, (doubles.get(span.sender) ?? 0) + 1);
    return false;
  });
  return { single, doubles };
}

function isInner<T extends ForeignSpan>(span: T, byKey: ReadonlyMap<string, T>): boolean {
  let at: T | undefined = span;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const parent: string | undefined = at.parentSpanId;
    at = parent === undefined ? undefined : byKey.get(keyOf(at, parent));
    if (at === undefined || at === span) return false;
    // Some make a parent of a request that ended long before.
    if (at.isReceived && at.process === span.process && at.endMs + SLACK_MS >= span.startMs) return true;
  }
  return false;
}

/** The answers that another span describes as the call of a tool: each call has the first that comes when it ends. */
function answersOfCalls<T extends ForeignSpan>(spans: readonly T[]): Set<T> {
  const answers = new Set<T>();
  const byProcess = new Map<string, T[]>();
  for (const span of spans) {
    if (span.half !== 'answer' || span.method !== 'tools/call') continue;
    const open = byProcess.get(span.process);
    if (open === undefined) byProcess.set(span.process, [span]);
    else open.push(span);
  }
  for (const call of spans) {
    if (call.half !== 'handling') continue;
    const open = byProcess.get(call.process) ?? [];
    for (let i = lastBefore(open, call.endMs) + 1; i < open.length; i += 1) {
      const answer = open[i]!;
      if (answer.startMs > call.endMs + ANSWERED_MS) break;
      if (answers.has(answer)) continue;
      answers.add(answer);
      break;
    }
  }
  return answers;
}

class OwnMessages {
  /** By method and tool, by their start. */
  readonly #byKind = new Map<string, OwnMessage[]>();

  constructor(all: Iterable<OwnMessage>) {
    for (const message of all) {
      const kind = kindOf(message);
      const same = this.#byKind.get(kind);
      if (same === undefined) this.#byKind.set(kind, [message]);
      else same.push(message);
    }
    for (const same of this.#byKind.values()) same.sort((a, b) => a.startMs - b.startMs);
  }

  /** Whether one of these describes the message: of the same kind, and one lasts while the other does. */
  has(span: ForeignSpan): boolean {
    const same = this.#byKind.get(kindOf(span));
    if (same === undefined) return false;
    const last = lastBefore(same, span.endMs + SLACK_MS);
    for (let i = last; i >= 0 && i > last - MAX_COMPARED; i -= 1)
      if (holds(same[i]!, span) || holds(span, same[i]!)) return true;
    return false;
  }
}

type Lasting = Pick<OwnMessage, 'startMs' | 'endMs'>;

function holds(outer: Lasting, inner: Lasting): boolean {
  return outer.startMs - SLACK_MS <= inner.startMs && outer.endMs + SLACK_MS >= inner.endMs;
}

/** Place of the last that began by then; -1 where none had. */
function lastBefore(messages: readonly Lasting[], ms: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle]!.startMs <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function kindOf({ method, tool }: Pick<OwnMessage, 'method' | 'tool'>): string {
  return tool === undefined ? method : `${method}\0${tool}`;
}

function keyOf({ traceId }: ForeignSpan, spanId: string): string {
  return `${traceId}${spanId}`;
}
