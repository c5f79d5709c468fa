import { createHash } from 'node:crypto';
import { leaveOutDoubles, type OwnMessage } from './doubles.ts';
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
/** So many ids tell whether ids are new with every request, */
const MIN_IDS = 3;
/** and so many requests an id has where they are not. */
const MIN_REQUESTS = 2;

/** The sessions of messages that other instrumentations recorded: what the messages of a service say together. */
export class ForeignSessions<T extends ForeignSpan> {
  /** By the name of the service. */
  readonly #services = new Map<string, Map<string, Settled<T>>>();
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
    let spans = this.#services.get(service);
    if (spans === undefined) {
      spans = new Map();
      this.#services.set(service, spans);
    }
    const key = `${span.traceId}${span.spanId}`;
    if (spans.has(key)) return;
    spans.set(key, { span, session: undefined });
    this.#dirty.add(service);
  }

  /** Forgets what is gone. */
  removeWhere(isGone: (span: T) => boolean): void {
    for (const [service, spans] of this.#services) {
      for (const [key, { span }] of spans) {
        if (!isGone(span)) continue;
        spans.delete(key);
        this.#dirty.add(service);
      }
      if (spans.size > 0) continue;
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
    return this.#services.get(service ?? '')?.get(`${traceId}${spanId}`)?.session;
  }

  /** Tells the sessions of all messages anew where something changed. Returns the messages whose session has. */
  settle(ownOf: (service: string) => Iterable<OwnMessage>): Settled<T>[] {
    const changed: Settled<T>[] = [];
    for (const service of this.#dirty) {
      const spans = [...(this.#services.get(service)?.values() ?? [])];
      spans.sort((a, b) => a.span.startMs - b.span.startMs || (a.span.spanId < b.span.spanId ? -1 : 1));
      const { single, doubles } = leaveOutDoubles(
        spans.map(({ span }) => span),
        ownOf(service),
      );
      this.#doubles.set(service, doubles);
      const sessions = sessionsOf(single);
      for (const settled of spans) {
        const session = sessions.get(settled.span);
        if (session?.id === settled.session?.id && session?.source === settled.session?.source) continue;
        settled.session = session;
        changed.push(settled);
      }
    }
    this.#dirty.clear();
    return changed;
  }
}

/**
 * By protocol id, conversation, connection or process. An id that is new with every request is none: then the next of these
 * counts, and where that is so of the process, too, the service.
 */
function sessionsOf<T extends ForeignSpan>(spans: readonly T[]): Map<T, ForeignSession> {
  const sessions = new Map<T, ForeignSession>();
  const protocolIds = lasting(spans, ({ protocolId }) => protocolId);
  const conversations = lasting(spans, ({ conversationId }) => conversationId);
  const processes = lasting(spans, ({ process }) => process);
  const byProcess = new Map<string, { named: T[]; others: T[] }>();
  for (const span of spans) {
    const session = protocolSession(span, protocolIds) ?? conversationSession(span, conversations);
    if (session !== undefined) sessions.set(span, session);
    const process = processes.has(span.process) ? span.process : '';
    const group = byProcess.get(process) ?? { named: [], others: [] };
    byProcess.set(process, group);
    (session === undefined ? group.others : group.named).push(span);
  }
  for (const [process, { named, others }] of byProcess) {
    const left = joinOnlySession(named, others, sessions);
    for (const part of splitAtSilence(left)) {
      const session = processSession(part, process);
      for (const span of part) sessions.set(span, session);
    }
  }
  return sessions;
}

/** The ids that last for longer than a request. */
function lasting<T extends ForeignSpan>(
  spans: readonly T[],
  idOf: (span: T) => string | undefined,
): ReadonlySet<string> {
  const ids = new Set<string>();
  let requests = 0;
  for (const span of spans) {
    const id = idOf(span);
    if (id === undefined || id === '') continue;
    ids.add(id);
    if (span.isReceived && !span.method.startsWith('notifications/')) requests += 1;
  }
  return ids.size >= MIN_IDS && requests < ids.size * MIN_REQUESTS ? new Set() : ids;
}

function protocolSession(
  { protocolId, service, process }: ForeignSpan,
  lasting: ReadonlySet<string>,
): ForeignSession | undefined {
  if (protocolId === undefined || !lasting.has(protocolId)) return undefined;
  const place = protocolId.length >= MIN_UNIQUE_LENGTH ? '' : process;
  return { id: idOf(protocolId, place, service), source: 'protocol' };
}

function conversationSession(
  { conversationId, service }: ForeignSpan,
  lasting: ReadonlySet<string>,
): ForeignSession | undefined {
  if (conversationId === undefined || !lasting.has(conversationId)) return undefined;
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
    const { protocolVersion: version, startMs } = span;
    const isOf =
      startMs >= from && startMs <= to && (version === undefined || version === first.protocolVersion);
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
