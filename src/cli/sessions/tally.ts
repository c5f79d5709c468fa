import { ATTR_GEN_AI_TOOL_NAME, ATTR_MCP_TOOL_NAME } from '../../signals/semconv.ts';
import type { RecordedSpan } from '../recording/otlp.ts';
import {
  aboutOf,
  isFailed,
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
  /** Requests, and failures among them, that the newest session span does not count yet. */
  callsSince: number;
  errorsSince: number;
  firstSeenMs: number;
  lastSeenMs: number;
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
    if (part === undefined) session.parts.push(newPart(instance, span, report));
    else if (isNewer(report, part.newest)) part.newest = report;
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
    const isNewCall = isAfter(part.newest, span.startMs);
    const isNewError = isFailed(span) && isAfter(part.newest, span.endMs);
    if (!isNewCall && !isNewError) return;
    if (!this.#counted.add(`${span.traceId}${span.spanId}`)) return;
    if (isNewCall) part.callsSince += 1;
    if (isNewError) part.errorsSince += 1;
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
  return { instance, newest, callsSince: 0, errorsSince: 0, firstSeenMs, lastSeenMs };
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

/** Whether something that happened then is missing in the counts of the newest session span. */
function isAfter(newest: SessionReport | undefined, timeMs: number): boolean {
  // The start is stamped while the first request is handled: it may count that request or not, see `toRow`.
  if (newest === undefined || newest.event === 'start') return true;
  return newest.event === 'update' && timeMs > newest.atMs;
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
