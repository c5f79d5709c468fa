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

/** Silence after which the next message of a process is another session. */
const IDLE_MS = 1_800_000;
/** Shorter ids are counters and words, which other processes use too. */
const MIN_UNIQUE_LENGTH = 20;

/** How the sessions of messages that other instrumentations recorded are told: the messages of a service tell them together. */
export class ForeignSessions {
  /** By their names. */
  readonly #services = new Set<string>();
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

  /** There is one more message of a service. */
  add(service: string | undefined): void {
    this.#services.add(service ?? '');
    this.#dirty.add(service ?? '');
  }

  /** Messages of any service, or what this package recorded of it, have changed or are gone. */
  touchAll(): void {
    for (const service of this.#services) this.#dirty.add(service);
  }

  /** Messages that this package recorded of a service have changed. */
  touch(service: string | undefined): void {
    if (this.has(service)) this.#dirty.add(service ?? '');
  }

  /**
   * Tells the sessions of the services where something changed anew: of all their messages. `undefined` for one that another
   * span describes. Nothing is added or removed meanwhile.
   *
   * @param spansOf - the messages of these services, each once; others are left out
   */
  *settle<T extends ForeignSpan>(
    spansOf: (services: ReadonlySet<string>) => Iterable<T>,
    ownOf: (service: string) => Iterable<OwnMessage>,
  ): Steps<Map<T, ForeignSession | undefined>> {
    const found = new Map<T, ForeignSession | undefined>();
    if (this.#dirty.size === 0) return found;
    const byService = new Map<string, T[]>();
    yield* forEach(spansOf(this.#dirty), (span) => {
      const service = span.service ?? '';
      const spans = byService.get(service);
      if (spans !== undefined) spans.push(span);
      else if (this.#dirty.has(service)) byService.set(service, [span]);
    });
    for (const service of this.#dirty) {
      const spans = byService.get(service);
      if (spans === undefined) {
        this.#services.delete(service);
        this.#doubles.delete(service);
        continue;
      }
      spans.sort((a, b) => a.startMs - b.startMs || a.span - b.span);
      const { single, doubles } = yield* leaveOutDoubles(spans, ownOf(service));
      this.#doubles.set(service, doubles);
      const sessions = yield* sessionsOf(single);
      yield* forEach(spans, (span) => found.set(span, sessions.get(span)));
    }
    this.#dirty.clear();
    return found;
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
  const placed = process === '' ? id : `${id}/${process}`;
  return service === undefined ? placed : `${placed}@${service}`;
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
