import {
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_MCP_CLIENT_SESSION_SOURCE,
  ATTR_MCP_REQUEST_SIZE,
  ATTR_MCP_RESPONSE_SIZE,
  ATTR_MCP_TOOL_NAME,
} from '../../sdk/signals/semconv.ts';
import { SOURCE_CLIENT } from '../recording/client-side.ts';
import { KeySet } from '../recording/key-set.ts';
import type { RecordedSpan } from '../recording/otlp.ts';
import { type JoinablePart, joinableOf, joinParts } from './joining.ts';
import { KnownAbout } from './known-about.ts';
import { withoutAnswered } from './open-requests.ts';
import { isAnsweredWithError, isFailure, isReceivedRequest } from './outcome.ts';
import { type Seen, SessionParts } from './parts.ts';
import { SaidIds } from './said-ids.ts';
import { aboutOf, endingOf, reportOf, saidIdsOf, sessionIdOf, textOf } from './session-span.ts';
import { sizeOf } from './sizes.ts';

/** What the spans of one session add up to. */
export interface SessionTally {
  readonly id: string;
  readonly parts: SessionParts;
  /** Tools of request spans, with the time of their first use. */
  readonly tools: Map<string, number>;
  readonly about: KnownAbout;
  /** Absent where its spans say none. */
  said: SaidIds | undefined;
  /** Of the other sessions that are this one: see `joinParts`. */
  readonly otherIds: readonly string[];
  /** Bytes of all requests with a span, and of what answered them. */
  readonly bytes: { request: number; response: number };
}

/** What the counts need to know of a span. */
export interface CountedSpan extends Seen {
  readonly isReceivedRequest: boolean;
  readonly isAnsweredWithError: boolean;
  readonly isFailure: boolean;
  readonly method: string | undefined;
  readonly tool: string | undefined;
  /** Bytes; 0: not known. */
  readonly requestSize: number;
  readonly responseSize: number;
}

const MAX_TOOLS = 500;
/** One for all: nearly every session has no other. */
const NO_IDS: readonly string[] = [];
export const MAX_TOOL_LENGTH = 256;

/**
 * Adds spans up to sessions, in two passes over a recording and in any order of spans: first the session spans,
 * then, once it is known what those count, everything else. Memory grows with the sessions, and 20 bytes a request.
 */
export class SessionTallies {
  readonly #sessions = new Map<string, SessionTally>();
  /** A retry writes a span again, however long after. */
  readonly #counted = new KeySet();

  /** First pass. */
  addSessionSpan(span: RecordedSpan): void {
    const id = sessionIdOf(span);
    const report = reportOf(span);
    if (id === undefined || report === undefined) return;
    const session = this.#session(id);
    session.parts.addReport(report, { ...span, instance: span.process });
    session.about.add(report.about, span.startMs);
    addIds(session, saidIdsOf(span), span.startMs);
  }

  /** Second pass: every span of the recording. */
  addSpan(span: RecordedSpan): void {
    const id = sessionIdOf(span);
    if (id === undefined || reportOf(span) !== undefined) return;
    const session = this.#session(id);
    if (span.clientSide !== undefined && textOf(span, ATTR_MCP_CLIENT_SESSION_SOURCE) !== SOURCE_CLIENT) {
      // The server has recorded the session, and counts.
      session.about.addOne('seenByClient', span.clientSide.client, span.startMs);
      return;
    }
    session.about.add(aboutOf(span), span.startMs);
    addIds(session, saidIdsOf(span), span.startMs);
    const ending = endingOf(span);
    const isReceived = isReceivedRequest(ending);
    countSpan(session, {
      instance: span.process,
      startMs: span.startMs,
      endMs: span.endMs,
      isReceivedRequest: isReceived && this.#counted.add(span.traceId, span.spanId, 1) === 0,
      isAnsweredWithError: isAnsweredWithError(ending),
      isFailure: isFailure(ending),
      method: ending.method,
      tool: textOf(span, ATTR_GEN_AI_TOOL_NAME) ?? textOf(span, ATTR_MCP_TOOL_NAME),
      requestSize: sizeOf(span.attributes.get(ATTR_MCP_REQUEST_SIZE)) ?? 0,
      responseSize: sizeOf(span.attributes.get(ATTR_MCP_RESPONSE_SIZE)) ?? 0,
    });
  }

  /** The ids that are one session, for each: that of its first part before the others. */
  joined(): string[][] {
    // Nothing but a client's spans is there of one whose server's came while it was read.
    const known = [...this.#sessions.values()].filter(({ parts }) => parts.all.length > 0);
    const parts = known.map(partOf);
    return joinParts(parts).map((same) => same.map(({ id }) => id));
  }

  /** All sessions, each with all of its parts. */
  all(): SessionTally[] {
    return this.joined().map((ids) => joinTallies(ids.map((id) => this.#session(id))));
  }

  #session(id: string): SessionTally {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const session = newTally(id);
    this.#sessions.set(id, session);
    return session;
  }
}

/** @param parts - what its session spans have told */
export function newTally(id: string, parts = new SessionParts()): SessionTally {
  return {
    id,
    parts,
    tools: new Map(),
    about: new KnownAbout(),
    said: undefined,
    otherIds: NO_IDS,
    bytes: { request: 0, response: 0 },
  };
}

/** Sessions that are one, the first of them first. */
export function joinTallies(tallies: readonly SessionTally[]): SessionTally {
  const [first, ...others] = tallies as [SessionTally, ...SessionTally[]];
  if (others.length === 0) return first;
  const parts = SessionParts.joined(tallies.map((tally) => tally.parts));
  const joined = { ...newTally(first.id, parts), otherIds: others.map(({ id }) => id) };
  for (const { tools, about, said, bytes } of tallies) {
    for (const [tool, ms] of tools) addTool(joined.tools, tool, ms);
    joined.about.addAll(about);
    joined.bytes.request += bytes.request;
    joined.bytes.response += bytes.response;
    if (said !== undefined) addSaid(joined, said);
  }
  return joined;
}

/** Adds what spans of one of the session's files say. */
export function addSaid(session: SessionTally, said: SaidIds): void {
  session.said ??= new SaidIds();
  session.said.addAll(said);
}

/** Adds any other span to the part that it happened in. */
export function countSpan(session: SessionTally, span: CountedSpan): void {
  const { startMs, endMs, tool } = span;
  const part = session.parts.of(span);
  if (!span.isReceivedRequest) return;
  if (tool !== undefined && tool.length <= MAX_TOOL_LENGTH) addTool(session.tools, tool, startMs);
  session.bytes.request += span.requestSize;
  session.bytes.response += span.responseSize;
  const { newest, seen, since } = part;
  const isError = span.isAnsweredWithError;
  seen.calls += 1;
  if (isError) seen.errors += 1;
  part.correction += Number(span.isFailure) - Number(isError);
  if (newest === undefined) return;
  if (part.open.length > 0) part.open = withoutAnswered(part.open, newest.atMs, span);
  if (startMs > newest.atMs) since.calls += 1;
  if (isError && endMs > newest.atMs) since.errors += 1;
}

function addIds(session: SessionTally, ids: Parameters<SaidIds['add']>[0], ms: number): void {
  if (ids.conversation === undefined && ids.protocol === undefined) return;
  session.said ??= new SaidIds();
  session.said.add(ids, ms);
}

function partOf({ id, parts }: SessionTally): JoinablePart {
  const alone = { id, service: undefined, key: undefined, source: undefined, openedBy: undefined };
  return joinableOf(id, parts.all) ?? { ...alone, startedMs: 0, endMs: 0, idleTimeoutMs: 0 };
}

function addTool(tools: Map<string, number>, tool: string, ms: number): void {
  const first = tools.get(tool);
  if (first === undefined ? tools.size < MAX_TOOLS : ms < first) tools.set(tool, ms);
}
