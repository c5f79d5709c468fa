import { ATTR_GEN_AI_TOOL_NAME, ATTR_MCP_TOOL_NAME } from '../../signals/semconv.ts';
import type { RecordedSpan } from '../recording/otlp.ts';
import {
  aboutOf,
  isAnsweredWithError,
  isReceivedRequest,
  reportOf,
  type SessionAbout,
  type SessionReport,
  sessionIdOf,
  textOf,
} from './session-span.ts';

/**
 * One process's part in a session. Nearly every session has one; a key that an application chose can come back
 * after it ended, and can be used by several servers, each with counts of its own.
 */
export interface SessionPart {
  /** `service.instance.id` of the process. */
  readonly instance: string;
  /** The newest session span; `undefined` where none is in the recording, rotated away or not yet written. */
  newest: SessionReport | undefined;
  /** Its first session span is in the recording, so nothing of it was rotated away. */
  isWhole: boolean;
  /** Requests with a span, and those among them that were answered with an error. */
  readonly seen: Counts;
  /** The same, of those only that happened after the newest session span. */
  readonly since: Counts;
  firstSeenMs: number;
  lastSeenMs: number;
}

export interface Counts {
  calls: number;
  errors: number;
}

/** What the spans of one session add up to. */
export interface SessionTally {
  readonly id: string;
  readonly parts: SessionPart[];
  /** Tools of request spans, in order of appearance. */
  readonly tools: Set<string>;
  about: SessionAbout;
}

const MAX_TOOLS = 500;
const MAX_TOOL_LENGTH = 256;

/**
 * Adds spans up to sessions, in two passes over a recording and in any order of spans: first the session spans,
 * then, once it is known what those count, everything else. Memory grows with the sessions, not with the spans.
 */
export class SessionTallies {
  readonly #sessions = new Map<string, SessionTally>();
  readonly #counted = new RecentKeys(50_000);

  /** First pass. */
  addSessionSpan(span: RecordedSpan): void {
    const id = sessionIdOf(span);
    const report = reportOf(span);
    if (id === undefined || report === undefined) return;
    const session = this.#session(id, span);
    const instance = span.serviceInstance ?? '';
    const part = session.parts.find(
      (one) => one.instance === instance && one.newest?.startedMs === report.startedMs,
    );
    if (part === undefined) {
      session.parts.push(newPart(instance, span, report));
      return;
    }
    if (isNewer(report, part.newest)) part.newest = report;
    if (report.event === 'start') part.isWhole = true;
  }

  /** Second pass: every span of the recording. */
  addSpan(span: RecordedSpan): void {
    const id = sessionIdOf(span);
    if (id === undefined) return;
    const session = this.#session(id, span);
    const part = partFor(session, span);
    part.firstSeenMs = Math.min(part.firstSeenMs, span.startMs);
    part.lastSeenMs = Math.max(part.lastSeenMs, span.endMs);
    if (!isReceivedRequest(span)) return;
    session.about = mergeAbout(session.about, aboutOf(span));
    const tool = textOf(span, ATTR_GEN_AI_TOOL_NAME) ?? textOf(span, ATTR_MCP_TOOL_NAME);
    if (tool !== undefined && tool.length <= MAX_TOOL_LENGTH && session.tools.size < MAX_TOOLS)
      session.tools.add(tool);
    this.#count(part, span);
  }

  all(): Iterable<SessionTally> {
    return this.#sessions.values();
  }

  #count(part: SessionPart, span: RecordedSpan): void {
    // An end counts everything.
    if (part.newest?.event === 'end') return;
    if (!this.#counted.add(`${span.traceId}${span.spanId}`)) return;
    const isError = isAnsweredWithError(span);
    part.seen.calls += 1;
    if (isError) part.seen.errors += 1;
    if (part.newest === undefined) return;
    if (span.startMs > part.newest.atMs) part.since.calls += 1;
    if (isError && span.endMs > part.newest.atMs) part.since.errors += 1;
  }

  #session(id: string, span: RecordedSpan): SessionTally {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const session = { id, parts: [], tools: new Set<string>(), about: aboutOf(span) };
    this.#sessions.set(id, session);
    return session;
  }
}

function newPart(instance: string, span: RecordedSpan, newest: SessionReport | undefined): SessionPart {
  const { startMs: firstSeenMs, endMs: lastSeenMs } = span;
  return {
    instance,
    newest,
    isWhole: newest?.event === 'start',
    seen: { calls: 0, errors: 0 },
    since: { calls: 0, errors: 0 },
    firstSeenMs,
    lastSeenMs,
  };
}

/** The latest part of the span's process that had begun by then. A first request may begin before its session does. */
function partFor(session: SessionTally, span: RecordedSpan): SessionPart {
  const instance = span.serviceInstance ?? '';
  let found: SessionPart | undefined;
  for (const part of session.parts) {
    if (part.instance !== instance) continue;
    const hasBegun = startOf(part) <= span.endMs;
    if (found === undefined || (hasBegun && startOf(part) > startOf(found))) found = part;
  }
  if (found !== undefined) return found;
  const part = newPart(instance, span, undefined);
  session.parts.push(part);
  return part;
}

function startOf(part: SessionPart): number {
  return part.newest?.startedMs ?? part.firstSeenMs;
}

function isNewer(report: SessionReport, than: SessionReport | undefined): boolean {
  if (than === undefined || report.seq > than.seq) return true;
  return report.seq === than.seq && report.atMs > than.atMs;
}

function mergeAbout(known: SessionAbout, other: SessionAbout): SessionAbout {
  return {
    source: known.source ?? other.source,
    service: known.service ?? other.service,
    clientName: known.clientName ?? other.clientName,
    clientVersion: known.clientVersion ?? other.clientVersion,
    protocolVersion: known.protocolVersion ?? other.protocolVersion,
    transport: known.transport ?? other.transport,
  };
}

/** Remembers the newest keys: a span that was written twice, by a retry, stands near its first copy. */
class RecentKeys {
  readonly #size: number;
  #current = new Set<string>();
  #previous = new Set<string>();

  constructor(size: number) {
    this.#size = size;
  }

  /** False where the key was added before. */
  add(key: string): boolean {
    if (this.#current.has(key) || this.#previous.has(key)) return false;
    this.#current.add(key);
    if (this.#current.size >= this.#size) {
      this.#previous = this.#current;
      this.#current = new Set();
    }
    return true;
  }
}
