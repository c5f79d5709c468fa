import { spanNumber, wideNumber } from '../key-set.ts';
import { forEach, type Steps } from './steps.ts';
import type { ForeignSpan } from './types.ts';

/** A message that this package recorded. Times are Unix milliseconds. */
export interface OwnMessage {
  readonly method: string;
  readonly tool: string | undefined;
  /** Empty where nothing tells it. */
  readonly process: string;
  /** Its {@link spanNumber}. */
  readonly span: number;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Singled<T> {
  /** The spans that describe a message alone, or best, in the given order. */
  readonly single: T[];
  /** How many messages this package recorded too, by the other sender. */
  readonly doubles: ReadonlyMap<string, number>;
}

/** By the numbers of trace and span. */
type ByNumber<T> = ReadonlyMap<number, T>;

/** Clocks of two instrumentations: some have whole milliseconds, and set the start back. */
const SLACK_MS = 5;
const MAX_DEPTH = 32;
/** Messages of one kind that may run at once and still be compared. */
const MAX_COMPARED = 256;
/** An answer is written so soon after the call has ended. */
const ANSWERED_MS = 1_000;
/** How a process is told that has no id: see `processOf`. */
const HOST_AND_PID = / \d+$/;
/** Of very long names of processes only the beginning may be known. */
const COMPARED_CHARACTERS = 200;

/**
 * Where several spans describe one message, one is left. A message inside of one that the same process received is how that
 * one was handled: FastMCP has spans for mounted servers. One that this package recorded, too, is this package's.
 *
 * @param spans - of one service, by their start
 */
export function* leaveOutDoubles<T extends ForeignSpan>(
  spans: readonly T[],
  own: Iterable<OwnMessage>,
): Steps<Singled<T>> {
  yield;
  const answering = new Set(spans.filter(({ half }) => half === 'answer').map(({ process }) => process));
  const handled = answersOfCalls(spans);
  const byNumber = yield* numbered(spans);
  const ours = new OwnMessages();
  yield* forEach(own, (message) => ours.add(message));
  ours.sort();
  const doubles = new Map<string, number>();
  const single: T[] = [];
  yield* forEach(spans, (span) => {
    if (span.half === 'unsure' && !answering.has(span.process)) return;
    if (handled.has(span) || (span.isReceived && isInner(span, byNumber))) return;
    if (ours.take(span)) doubles.set(span.sender, (doubles.get(span.sender) ?? 0) + 1);
    else single.push(span);
  });
  return { single, doubles };
}

/** Empty where none has a parent: nobody is looked for then. */
function* numbered<T extends ForeignSpan>(spans: readonly T[]): Steps<ByNumber<T>> {
  const byNumber = new Map<number, T>();
  yield;
  if (spans.every(({ parent }) => parent === 0)) return byNumber;
  yield* forEach(spans, (span) => byNumber.set(wideNumber(span.trace, span.span), span));
  return byNumber;
}

function isInner<T extends ForeignSpan>(span: T, byNumber: ByNumber<T>): boolean {
  let at: T | undefined = span;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    at = at.parent === 0 ? undefined : byNumber.get(wideNumber(at.trace, at.parent));
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
  /** By the sender that describes them too. */
  readonly #taken = new Map<string, Set<OwnMessage>>();

  add(message: OwnMessage): void {
    const kind = kindOf(message);
    const same = this.#byKind.get(kind);
    if (same === undefined) this.#byKind.set(kind, [message]);
    else same.push(message);
  }

  sort(): void {
    for (const same of this.#byKind.values())
      same.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs || a.span - b.span);
  }

  /** Whether one of these is the message. A sender describes a message once: so each is taken once. */
  take(span: ForeignSpan): boolean {
    const same = this.#byKind.get(kindOf(span));
    if (same === undefined) return false;
    const taken = this.#taken.get(span.sender) ?? new Set<OwnMessage>();
    this.#taken.set(span.sender, taken);
    let nearest: OwnMessage | undefined;
    let least = Number.POSITIVE_INFINITY;
    const last = lastBefore(same, span.endMs + SLACK_MS);
    for (let i = last; i >= 0 && i > last - MAX_COMPARED; i -= 1) {
      const apart = taken.has(same[i]!) ? undefined : apartOf(same[i]!, span);
      if (apart === undefined || apart >= least) continue;
      nearest = same[i]!;
      least = apart;
    }
    if (nearest !== undefined) taken.add(nearest);
    return nearest !== undefined;
  }
}

/**
 * How far apart the two are, where both can be one message: one lasts while the other does, and both are of one process, as
 * far as is known. A span inside of ours is of its process whatever its resource says.
 */
function apartOf(own: OwnMessage, span: ForeignSpan): number | undefined {
  // Of several that hold it, or that it holds, the one that fits most closely.
  const isHeld = holds(own, span);
  if (!isHeld && !holds(span, own)) return undefined;
  if (span.parent !== 0 && spanNumber(span.trace, span.parent) === own.span) return -1;
  if (areTwo(own.process, span.process)) return undefined;
  return Math.abs(isHeld ? own.endMs - span.endMs : own.startMs - span.startMs);
}

/** Whether two processes are two for certain: what is not known, or told in another way, may be the same. */
function areTwo(one: string, other: string): boolean {
  if (one === '' || other === '' || HOST_AND_PID.test(one) !== HOST_AND_PID.test(other)) return false;
  return one.slice(0, COMPARED_CHARACTERS) !== other.slice(0, COMPARED_CHARACTERS);
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
