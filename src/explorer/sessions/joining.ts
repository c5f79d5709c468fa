import { type SessionPart, startOf } from './parts.ts';

/**
 * What tells which session a part belongs to. Several processes can record one session under ids of their own: those that
 * infer it, and those of a service whose session ids are not unique. They give their parts the same key. Times are Unix
 * milliseconds.
 */
export interface JoinablePart {
  readonly id: string;
  /** Two services are never one session. */
  readonly service: string | undefined;
  /** `mcp.client.session.key`; a part without one is a session. */
  readonly key: string | undefined;
  readonly source: string | undefined;
  /** The method of its first request. */
  readonly openedBy: string | undefined;
  readonly startedMs: number;
  /** Its start and how long it lasts so far, as its newest session span has it. */
  readonly endMs: number;
  readonly idleTimeoutMs: number;
}

/**
 * The sessions, each as its parts by their start. Parts of one service and key are one session while they overlap, or
 * follow within the idle timeout. An id of the protocol that comes with a second `initialize` is used anew: by another
 * client, or by a process that was started again. `tools/dashboards/sql/joining.ts` says the same in SQL.
 */
export function joinParts<T extends JoinablePart>(parts: Iterable<T>): T[][] {
  const alone: T[][] = [];
  const byKey = new Map<string, T[]>();
  for (const part of parts) {
    if (part.key === undefined) alone.push([part]);
    else {
      const key = `${part.service ?? ''}\0${part.key}`;
      const same = byKey.get(key);
      if (same === undefined) byKey.set(key, [part]);
      else same.push(part);
    }
  }
  return [...alone, ...[...byKey.values()].flatMap(splitInTime)];
}

/** How a session takes part in that, as its session spans tell; `undefined`: it is a session by itself. */
export function joinableOf(id: string, parts: readonly SessionPart[]): JoinablePart | undefined {
  let first: SessionPart | undefined;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    const { newest } = part;
    if (newest?.join === undefined) continue;
    endMs = Math.max(endMs, startOf(part) + (newest.durationMs ?? 0));
    if (first === undefined || isEarlier(part, first)) first = part;
  }
  if (first?.newest?.join === undefined) return undefined;
  const { join, about } = first.newest;
  return { id, service: about.service, source: about.source, startedMs: startOf(first), endMs, ...join };
}

function isEarlier(part: SessionPart, than: SessionPart): boolean {
  const later = startOf(part) - startOf(than);
  return later < 0 || (later === 0 && placeOf(part) < placeOf(than));
}

/** Of two that begin at once any will do, but always the same. */
function placeOf({ instance, newest }: SessionPart): string {
  return `${instance}\0${newest?.seq}\0${newest?.join?.key}`;
}

function splitInTime<T extends JoinablePart>(parts: T[]): T[][] {
  parts.sort((a, b) => a.startedMs - b.startedMs || (a.id < b.id ? -1 : 1));
  const sessions: T[][] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  let wasInitialized = false;
  for (const part of parts) {
    const isInitialize = part.source === 'protocol' && part.openedBy === 'initialize';
    const isAnother = part.startedMs > endMs + part.idleTimeoutMs || (isInitialize && wasInitialized);
    if (isAnother) sessions.push([part]);
    else sessions[sessions.length - 1]!.push(part);
    endMs = Math.max(endMs, part.endMs);
    wasInitialized ||= isInitialize;
  }
  return sessions;
}
