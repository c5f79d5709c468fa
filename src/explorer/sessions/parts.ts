import { NOTHING_OPEN, type OpenRequest } from './open-requests.ts';
import type { SessionReport } from './session-span.ts';

/**
 * One process's part in a session. Nearly every session has one; a key that an application chose can come back
 * after it ended, and can be used by several servers, each with counts of its own.
 */
export interface SessionPart {
  /** The process, as its spans tell it; empty where they do not. */
  readonly instance: string;
  /** The newest session span; `undefined` where none is in the recording, rotated away or not yet written. */
  newest: SessionReport | undefined;
  /** Its first session span is in the recording, so nothing of it was rotated away. */
  isWhole: boolean;
  /** Requests with a span, and those among them that were answered with an error. */
  readonly seen: Counts;
  /** The same, of those only that happened after the newest session span. */
  readonly since: Counts;
  /** Requests with a span that failed, less those that were answered with an error. */
  correction: number;
  /** What the newest session span says to be open, without that whose own span has arrived. */
  open: readonly OpenRequest[];
  /** When its first session span began; without any, its first span that was counted. */
  reportedMs: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

export interface Counts {
  calls: number;
  errors: number;
}

/** When a span was, and in which process. */
export interface Seen {
  readonly instance: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** So many parts are gone through, rather than looked up. */
const FEW = 4;

/** The parts of a session. Thousands of processes may share one: no span looks at all of them. */
export class SessionParts {
  #all: SessionPart[] = [];
  /** Those with session spans; made when there are more than {@link FEW}. */
  #byReport: Map<string, SessionPart> | undefined;
  /** The parts of each process by their start; made when the session spans are all there. */
  #byInstance: Map<string, SessionPart[]> | undefined;

  get all(): readonly SessionPart[] {
    return this.#all;
  }

  /** Adds a session span to the part that it reports of. All of them come before the first {@link of}. */
  addReport(report: SessionReport, { instance, startMs, endMs }: Seen): void {
    const part = this.#reported(instance, report) ?? this.#add(newPart(instance, startMs, endMs));
    this.#byReport?.set(keyOf(instance, report), part);
    this.#byInstance = undefined;
    if (isNewer(report, part.newest)) {
      part.newest = report;
      part.open = report.open;
    }
    if (report.event === 'start') part.isWhole = true;
    part.reportedMs = Math.min(part.reportedMs, startMs);
    see(part, startMs, endMs);
  }

  /**
   * The part that a span happened in: the latest of its process that had begun by then, else the first, for a first
   * request may begin before its session does. A span that does not tell its process may be of any.
   */
  of({ instance, startMs, endMs }: Seen): SessionPart {
    this.#byInstance ??= byInstance(this.#all);
    const ofProcess = this.#byInstance.get(instance);
    const part = ofProcess === undefined ? undefined : latestBegun(ofProcess, endMs);
    if (part !== undefined) return see(part, startMs, endMs);
    const made = this.#add(newPart(instance, startMs, endMs));
    this.#byInstance.set(instance, [made]);
    return made;
  }

  /** The same, to be counted into without changing this one. */
  copy(): SessionParts {
    const copy = new SessionParts();
    for (const part of this.#all) copy.#add({ ...part, seen: { ...part.seen }, since: { ...part.since } });
    return copy;
  }

  /** Those of several sessions that are one, each counted by itself before. */
  static joined(all: Iterable<SessionParts>): SessionParts {
    const joined = new SessionParts();
    for (const parts of all) for (const part of parts.all) joined.#add(part);
    return joined;
  }

  /** The part whose session spans are of the same process and start. */
  #reported(instance: string, report: SessionReport): SessionPart | undefined {
    if (this.#all.length <= FEW)
      return this.#all.find(
        (part) =>
          part.newest !== undefined &&
          part.instance === instance &&
          part.newest.startedMs === report.startedMs,
      );
    if (this.#byReport === undefined) {
      this.#byReport = new Map();
      for (const part of this.#all)
        if (part.newest !== undefined) this.#byReport.set(keyOf(part.instance, part.newest), part);
    }
    return this.#byReport.get(keyOf(instance, report));
  }

  #add(part: SessionPart): SessionPart {
    // A list that begins with what it holds has no room for more: nearly every session has one part.
    if (this.#all.length === 0) this.#all = [part];
    else this.#all.push(part);
    return part;
  }
}

function keyOf(instance: string, { startedMs }: SessionReport): string {
  return `${instance}\0${startedMs}`;
}

function newPart(instance: string, firstSeenMs: number, lastSeenMs: number): SessionPart {
  return {
    instance,
    newest: undefined,
    isWhole: false,
    seen: { calls: 0, errors: 0 },
    since: { calls: 0, errors: 0 },
    correction: 0,
    open: NOTHING_OPEN,
    reportedMs: firstSeenMs,
    firstSeenMs,
    lastSeenMs,
  };
}

function see(part: SessionPart, startMs: number, endMs: number): SessionPart {
  if (startMs < part.firstSeenMs) part.firstSeenMs = startMs;
  if (endMs > part.lastSeenMs) part.lastSeenMs = endMs;
  return part;
}

function byInstance(parts: readonly SessionPart[]): Map<string, SessionPart[]> {
  const groups = new Map<string, SessionPart[]>();
  for (const part of parts) {
    const group = groups.get(part.instance);
    if (group === undefined) groups.set(part.instance, [part]);
    else group.push(part);
  }
  // Of the spans that do not tell their process; unless the session spans do not tell it either.
  if (!groups.has('') && parts.length > 0) groups.set('', [...parts]);
  for (const group of groups.values()) group.sort((a, b) => startOf(a) - startOf(b));
  return groups;
}

/** @param parts - by their start; one at least */
function latestBegun(parts: readonly SessionPart[], ms: number): SessionPart | undefined {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(parts[middle]!) <= ms) low = middle + 1;
    else high = middle;
  }
  return parts[Math.max(0, low - 1)];
}

/** When it began, as its session spans tell. */
export function startOf({ newest, reportedMs }: SessionPart): number {
  return newest?.startedMs ?? reportedMs;
}

function isNewer(report: SessionReport, than: SessionReport | undefined): boolean {
  if (than === undefined || report.seq > than.seq) return true;
  return report.seq === than.seq && report.atMs > than.atMs;
}
