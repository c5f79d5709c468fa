import { ATTR_GEN_AI_TOOL_NAME, ATTR_MCP_TOOL_NAME } from '../../sdk/signals/semconv.ts';
import type { RecordedSpan } from '../recording/otlp.ts';
import { KnownAbout } from './known-about.ts';
import {
  aboutOf,
  isAnsweredWithError,
  isReceivedRequest,
  reportOf,
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
  /** When its first session span began; without any, its first span that was counted. */
  reportedMs: number;
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
  /** Tools of request spans, with the time of their first use. */
  readonly tools: Map<string, number>;
  readonly about: KnownAbout;
}

/** What the counts need to know of a span. */
export interface CountedSpan {
  /** `service.instance.id` of the process. */
  readonly instance: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isReceivedRequest: boolean;
  readonly isAnsweredWithError: boolean;
  readonly tool: string | undefined;
}

const MAX_TOOLS = 500;
export const MAX_TOOL_LENGTH = 256;

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
    const session = this.#session(id);
    addReport(session.parts, report, span);
    session.about.add(report.about, span.startMs);
  }

  /** Second pass: every span of the recording. */
  addSpan(span: RecordedSpan): void {
    const id = sessionIdOf(span);
    if (id === undefined || reportOf(span) !== undefined) return;
    const session = this.#session(id);
    session.about.add(aboutOf(span), span.startMs);
    const isNew = !isReceivedRequest(span) || this.#counted.add(`${span.traceId}${span.spanId}`);
    countSpan(session, {
      instance: span.serviceInstance ?? '',
      startMs: span.startMs,
      endMs: span.endMs,
      isReceivedRequest: isNew && isReceivedRequest(span),
      isAnsweredWithError: isAnsweredWithError(span),
      tool: textOf(span, ATTR_GEN_AI_TOOL_NAME) ?? textOf(span, ATTR_MCP_TOOL_NAME),
    });
  }

  all(): Iterable<SessionTally> {
    return this.#sessions.values();
  }

  #session(id: string): SessionTally {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const session = newTally(id);
    this.#sessions.set(id, session);
    return session;
  }
}

export function newTally(id: string): SessionTally {
  return { id, parts: [], tools: new Map(), about: new KnownAbout() };
}

/** Adds a session span to the part that it reports of. All of them come before the first {@link countSpan}. */
export function addReport(
  parts: SessionPart[],
  report: SessionReport,
  { startMs, endMs, serviceInstance = '' }: Pick<RecordedSpan, 'startMs' | 'endMs' | 'serviceInstance'>,
): void {
  let part = parts.find(
    ({ instance, newest }) => instance === serviceInstance && newest?.startedMs === report.startedMs,
  );
  if (part === undefined) {
    part = newPart(serviceInstance, startMs, endMs);
    parts.push(part);
  }
  if (isNewer(report, part.newest)) part.newest = report;
  if (report.event === 'start') part.isWhole = true;
  part.reportedMs = Math.min(part.reportedMs, startMs);
  see(part, startMs, endMs);
}

/** Adds any other span to the part that it happened in. */
export function countSpan(session: SessionTally, span: CountedSpan): void {
  const { startMs, endMs, tool } = span;
  const part = partFor(session, span);
  see(part, startMs, endMs);
  if (!span.isReceivedRequest) return;
  if (tool !== undefined && tool.length <= MAX_TOOL_LENGTH) addTool(session.tools, tool, startMs);
  const { newest, seen, since } = part;
  const isError = span.isAnsweredWithError;
  seen.calls += 1;
  if (isError) seen.errors += 1;
  if (newest === undefined) return;
  if (startMs > newest.atMs) since.calls += 1;
  if (isError && endMs > newest.atMs) since.errors += 1;
}

function addTool(tools: Map<string, number>, tool: string, ms: number): void {
  const first = tools.get(tool);
  if (first === undefined ? tools.size < MAX_TOOLS : ms < first) tools.set(tool, ms);
}

function newPart(instance: string, firstSeenMs: number, lastSeenMs: number): SessionPart {
  return {
    instance,
    newest: undefined,
    isWhole: false,
    seen: { calls: 0, errors: 0 },
    since: { calls: 0, errors: 0 },
    reportedMs: firstSeenMs,
    firstSeenMs,
    lastSeenMs,
  };
}

function see(part: SessionPart, startMs: number, endMs: number): void {
  if (startMs < part.firstSeenMs) part.firstSeenMs = startMs;
  if (endMs > part.lastSeenMs) part.lastSeenMs = endMs;
}

/**
 * The latest part of the span's process that had begun by then, else its first: a first request may begin before its
 * session does.
 */
function partFor(session: SessionTally, { instance, startMs, endMs }: CountedSpan): SessionPart {
  let found: SessionPart | undefined;
  for (const part of session.parts) {
    if (part.instance === instance && (found === undefined || isBetter(part, found, endMs))) found = part;
  }
  if (found !== undefined) return found;
  const part = newPart(instance, startMs, endMs);
  session.parts.push(part);
  return part;
}

function isBetter(part: SessionPart, than: SessionPart, endMs: number): boolean {
  const start = startOf(part);
  const other = startOf(than);
  return start <= endMs ? start > other || other > endMs : start < other;
}

function startOf({ newest, reportedMs }: SessionPart): number {
  return newest?.startedMs ?? reportedMs;
}

function isNewer(report: SessionReport, than: SessionReport | undefined): boolean {
  if (than === undefined || report.seq > than.seq) return true;
  return report.seq === than.seq && report.atMs > than.atMs;
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
