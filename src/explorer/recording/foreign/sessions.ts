import { createHash } from 'node:crypto';
import { leaveOutDoubles, type OwnMessage } from './doubles.ts';
import { lasting } from './lasting.ts';
import { forEach, type Steps } from './steps.ts';
import type { ForeignSpan } from './types.ts';

export interface ForeignSession {
  readonly id: string;
  /** `connection`: one client's, for the process reads stdin. `process`: of all clients of a process. */
  readonly source: 'protocol' | 'conversation' | 'connection' | 'process';
}

/** A message with what has become of it. */
export interface Settled<T> {
  readonly span: T;
  /** `undefined`: the same message is recorded by another span. */
  session: ForeignSession | undefined;
}

/** Silence after which the next message of a process is another session. */
const IDLE_MS = 1_800_000;
/** Shorter ids are counters and words, which other processes use too. */
const MIN_UNIQUE_LENGTH = 20;

/** The messages of a service. */
interface Messages<T> {
  readonly byKey: Map<string, Settled<T>>;
  /** By their start, but for those at the end that are new. */
  ordered: Settled<T>[];
}

/** The sessions of messages that other instrumentations recorded: what the messages of a service say together. */
export class ForeignSessions<T extends ForeignSpan> {
  /** By the name of the service. */
  readonly #services = new Map<string, Messages<T>>();
  readonly #dirty = new Set<string>();
  /** Messages that this package recorded too, by who else did. */
  readonly #doubles = new Map<string, ReadonlyMap<string, number>>();

  get isEmpty(): boolean {
    return this.#services.size === 0;
  }

  has(service: string | undefined): boolean {
    return this.#services.has(service ?? '');
  }

  /** How many messages of each sender this package recorded too. */
  doubles(): Map<string, number> {
    const all = new Map<string, number>();
    for (const counts of this.#doubles.values())
      for (const [sender, count] of counts) all.set(sender, (all.get(sender) ?? 0) + count);
    return all;
  }

  add(span: T): void {
    const service = span.service ?? '';
    let messages = this.#services.get(service);
    if (messages === undefined) {
      messages = { byKey: new Map(), ordered: [] };
      this.#services.set(service, messages);
    }
    const key = `${span.traceId}${span.spanId}`;
    if (messages.byKey.has(key)) return;
    const settled = { span, session: undefined };
    messages.byKey.set(key, settled);
    messages.ordered.push(settled);
    this.#dirty.add(service);
  }

  /** Forgets what is gone. */
  removeWhere(isGone: (span: T) => boolean): void {
    for (const [service, messages] of this.#services) {
      const { byKey, ordered } = messages;
      messages.ordered = ordered.filter(({ span }) => !isGone(span));
      if (messages.ordered.length === ordered.length) continue;
      for (const [key, { span }] of byKey) if (isGone(span)) byKey.delete(key);
      this.#dirty.add(service);
      if (byKey.size > 0) continue;
      this.#services.delete(service);
      this.#doubles.delete(service);
    }
  }

  /** What this package recorded has changed, of any service. */
  touchAll(): void {
    for (const service of this.#services.keys()) this.#dirty.add(service);
  }

  /** Messages that this package recorded of a service have changed. */
  touch(service: string | undefined): void {
    if (this.has(service)) this.#dirty.add(service ?? '');
  }

  sessionOf({ service, traceId, spanId }: Pick<T, 'service' | 'traceId' | 'spanId'>) {
    return this.#services.get(service ?? '')?.byKey.get(`${traceId}${spanId}`)?.session;
  }

  /**
   * Tells the sessions of all messages anew where something changed. Returns the messages whose session has. Nothing is added
   * or removed meanwhile.
   */
  *settle(ownOf: (service: string) => Iterable<OwnMessage>): Steps<Settled<T>[]> {
    const found = new Map<Settled<T>, ForeignSession | undefined>();
    for (const service of this.#dirty) {
      const messages = this.#services.get(service);
      if (messages === undefined) continue;
      const { ordered, byKey } = messages;
      ordered.sort((a, b) => a.span.startMs - b.span.startMs || (a.span.spanId < b.span.spanId ? -1 : 1));
      const { single, doubles } = yield* leaveOutDoubles(
        ordered.map(({ span }) => span),
        (traceId, spanId) => byKey.get(`${traceId}${spanId}`)?.span,
        ownOf(service),
      );
      this.#doubles.set(service, doubles);
      const sessions = yield* sessionsOf(single);
      yield* forEach(ordered, (settled) => {
        const session = sessions.get(settled.span);
        if (session?.id === settled.session?.id && session?.source === settled.session?.source) return;
        found.set(settled, session);
      });
    }
    // All at once: meanwhile, others see how it was.
    for (const [settled, session] of found) settled.session = session;
    this.#dirty.clear();
    return [...found.keys()];
  }
}

/**
 * By protocol id, conversation, connection or process. A protocol id that is new with every request is none: then the next of
 * these counts, and where that is so of the process, too, the service.
 */
function* sessionsOf<T extends ForeignSpan>(spans: readonly T[]): Steps<Map<T, ForeignSession>> {
  const sessions = new Map<T, ForeignSession>();
  const protocolIds = yield* lasting(spans, ({ protocolId }) => protocolId);
  const processes = yield* lasting(spans, ({ process }) => process);
  const byProcess = new Map<string, { named: T[]; others: T[] }>();
  yield* forEach(spans, (span) => {
    const session = protocolSession(span, protocolIds) ?? conversationSession(span);
    if (session !== undefined) sessions.set(span, session);
    const process = processes.has(span.process) ? span.process : '';
    const group = byProcess.get(process) ?? { named: [], others: [] };
    byProcess.set(process, group);
    (session === undefined ? group.others : group.named).push(span);
  });
  for (const [process, { named, others }] of byProcess) {
    const left = joinOnlySession(named, others, sessions);
    for (const part of splitAtSilence(left)) {
      const session = processSession(part, process);
      yield* forEach(part, (span) => sessions.set(span, session));
    }
  }
  return sessions;
}

function protocolSession(
  { protocolId, service, process }: ForeignSpan,
  lasting: ReadonlySet<string>,
): ForeignSession | undefined {
  if (protocolId === undefined || !lasting.has(protocolId)) return undefined;
  const place = protocolId.length >= MIN_UNIQUE_LENGTH ? '' : process;
  return { id: idOf(protocolId, place, service), source: 'protocol' };
}

function conversationSession({ conversationId, service }: ForeignSpan): ForeignSession | undefined {
  if (conversationId === undefined) return undefined;
  return { id: idOf(conversationId, '', service), source: 'conversation' };
}

/** Two services are never one session by an id. */
function idOf(id: string, process: string, service: string | undefined): string {
  return [process === '' ? id : `${id}/${process}`, service].filter((part) => part !== undefined).join('@');
}

/**
 * Some name the session on all but the first messages: they are of the only session of their process. Returns those that
 * are not.
 */
function joinOnlySession<T extends ForeignSpan>(
  named: readonly T[],
  others: readonly T[],
  sessions: Map<T, ForeignSession>,
): readonly T[] {
  const [first] = named;
  const only = first === undefined ? undefined : sessions.get(first);
  if (first === undefined || only === undefined) return others;
  if (named.some((span) => sessions.get(span)?.id !== only.id)) return others;
  const from = first.startMs - IDLE_MS;
  const to = named.reduce((latest, { endMs }) => Math.max(latest, endMs), 0) + IDLE_MS;
  return others.filter((span) => {
    const { protocolId, protocolVersion: version, startMs } = span;
    const isOf =
      startMs >= from &&
      startMs <= to &&
      (version === undefined || version === first.protocolVersion) &&
      // Of another client, or it would be this one.
      (protocolId === undefined || only.source !== 'protocol');
    if (isOf) sessions.set(span, only);
    return !isOf;
  });
}

/** @param spans - by their start */
function splitAtSilence<T extends ForeignSpan>(spans: readonly T[]): T[][] {
  const parts: T[][] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    if (span.startMs > endMs + IDLE_MS) parts.push([span]);
    else parts.at(-1)!.push(span);
    endMs = Math.max(endMs, span.endMs);
  }
  return parts;
}

function processSession(spans: readonly ForeignSpan[], process: string): ForeignSession {
  const { service, startMs } = spans[0]!;
  const hash = createHash('sha256').update(JSON.stringify([service, process, startMs]));
  const isConnection = process !== '' && spans.some(({ transport }) => transport === 'pipe');
  return { id: hash.digest('hex').slice(0, 16), source: isConnection ? 'connection' : 'process' };
}
