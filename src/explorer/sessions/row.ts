import { SOURCE_CLIENT } from '../recording/client-side.ts';
import { allOpen, NOTHING_OPEN, type OpenRequest } from './open-requests.ts';
import type { Counts, SessionPart } from './parts.ts';
import { type IdsOfRow, NO_OTHER_IDS } from './said-ids.ts';
import type { SessionAbout, SessionReport } from './session-span.ts';
import { lastsToNow } from './sources.ts';
import type { SessionTally } from './tally.ts';

export const SESSION_STATUSES = ['active', 'ended', 'lost'] as const;
/** `lost`: it never ended, and nothing has been heard of it for long; its process is gone, most likely. */
export type SessionStatus = (typeof SESSION_STATUSES)[number];

/** Which comes first where sessions are sorted by it. */
export const STATUS_ORDER: Readonly<Record<SessionStatus, number>> = { active: 0, lost: 1, ended: 2 };

/** Milliseconds, unless told otherwise. Ten update intervals: an open session reports at every fifth at the latest. */
export const LOST_AFTER_MS = 600_000;
/** Clocks and time zones of machines differ; what is said to happen later than this after now is said wrongly. */
export const AHEAD_MS = 86_400_000;

/** One line of the sessions table. Times are Unix milliseconds. */
export interface SessionRow extends SessionAbout, IdsOfRow {
  /** That of its first part. */
  readonly id: string;
  readonly startedMs: number;
  readonly lastSeenMs: number;
  /** To now while it is active; of what only its client recorded, to what was seen last. */
  readonly durationMs: number;
  /** Requests received. */
  readonly calls: number;
  /** Those that failed. */
  readonly errors: number;
  readonly status: SessionStatus;
  readonly endReason: string | undefined;
  readonly tools: readonly string[];
  /** More tools were called than `tools` holds. */
  readonly hasMoreTools: boolean;
  /** What it waits for while it is active, the oldest first, at most 20. */
  readonly openRequests: readonly OpenRequest[];
  /** What its parts have in common where they have ids of their own: `mcp.client.session.key`. */
  readonly key: string | undefined;
  /** How many ids stand for it: several processes may have recorded it, each under an id of its own. */
  readonly parts: number;
  /** Of its other parts: the first 100. */
  readonly otherIds: readonly string[];
  /** How many processes recorded it, as far as they are told apart. */
  readonly processes: number;
  /** Without any, its requests are all that is known. */
  readonly hasSessionSpans: boolean;
  /** Bytes of the requests, and of the responses to them, as far as their spans tell. */
  readonly requestSize: number | undefined;
  readonly responseSize: number | undefined;
}

/** A handshake is a conversation's only until its session goes on without one. */
const OUTSIDE_CONVERSATIONS: ReadonlySet<string | undefined> = new Set([
  'protocol',
  'connection',
  'inferred',
]);

/** The end of a session that only others, or only its client, recorded: they tell of requests alone. */
export const END_NOT_RECORDED = 'not_recorded';

export interface RowTimes {
  /** Unix milliseconds. */
  readonly now: number;
  /** Milliseconds without any span after which an open session counts as lost. */
  readonly lostAfterMs: number;
}

const MAX_OTHER_IDS = 100;

interface PartView {
  readonly instance: string;
  readonly status: SessionStatus;
  readonly startedMs: number;
  readonly endMs: number;
  readonly lastSeenMs: number;
  readonly calls: number;
  readonly errors: number;
  readonly open: readonly OpenRequest[];
  readonly newest: SessionReport | undefined;
}

/** The row of a session. A session of several parts has their sums, and is active while one of them is. */
export function toRow(session: SessionTally, times: RowTimes): SessionRow {
  const parts = session.parts.all.map((part) => viewOf(part, times)).sort(byStart);
  const last = parts.reduce((latest, part) => (part.lastSeenMs >= latest.lastSeenMs ? part : latest));
  const isActive = parts.some(({ status }) => status === 'active');
  const startedMs = (parts[0] as PartView).startedMs;
  const about = aboutOf(last.newest?.about, session.about.toAbout());
  const status = isActive ? 'active' : last.status;
  const endMs = lastsToNow({ ...about, status })
    ? times.now
    : parts.reduce((latest, part) => Math.max(latest, part.endMs), 0);
  const isOfOthers = about.sender !== undefined || about.source === SOURCE_CLIENT;
  const notRecorded = isOfOthers && last.newest === undefined ? END_NOT_RECORDED : undefined;
  const reported =
    parts.length === 1 ? (last.newest?.tools ?? []) : parts.flatMap(({ newest }) => newest?.tools ?? []);
  const tools = new Set(reported);
  const isEachOnce = tools.size === reported.length;
  for (const tool of toolsOf(session)) tools.add(tool);
  return {
    id: session.id,
    ...about,
    startedMs,
    lastSeenMs: last.lastSeenMs,
    durationMs: Math.max(0, endMs - startedMs),
    calls: sum(parts.map(({ calls }) => calls)),
    errors: sum(parts.map(({ errors }) => errors)),
    status,
    endReason: isActive ? undefined : (last.newest?.endReason ?? notRecorded),
    // Nearly all rows share the list of their only session span.
    tools: isEachOnce && tools.size === reported.length ? reported : [...tools],
    hasMoreTools: parts.some(
      ({ newest }) => newest?.hasMoreTools === true && tools.size <= newest.tools.length,
    ),
    openRequests: isActive ? allOpen(parts.map(openOf)) : NOTHING_OPEN,
    key: last.newest?.join?.key,
    ...(session.said?.toIds() ?? NO_OTHER_IDS),
    ...(OUTSIDE_CONVERSATIONS.has(about.source) && { conversationId: undefined }),
    parts: session.otherIds.length + 1,
    otherIds:
      session.otherIds.length <= MAX_OTHER_IDS ? session.otherIds : session.otherIds.slice(0, MAX_OTHER_IDS),
    processes: processesOf(parts),
    hasSessionSpans: parts.some(({ newest }) => newest !== undefined),
    requestSize: session.bytes.request || undefined,
    responseSize: session.bytes.response || undefined,
  };
}

/** Spans that do not tell their process may be of any. */
function processesOf(parts: readonly PartView[]): number {
  if (parts.length === 1) return 1;
  const told = new Set(parts.map(({ instance }) => instance));
  told.delete('');
  return Math.max(1, told.size);
}

/** How many of its calls failed, from 0 to 1. */
export function errorRateOf({ calls, errors }: Pick<SessionRow, 'calls' | 'errors'>): number {
  return errors === 0 ? 0 : errors / Math.max(errors, calls);
}

/** In the order of their first use. */
function toolsOf({ tools }: SessionTally): string[] {
  return [...tools].sort(([a, aMs], [b, bMs]) => aMs - bMs || (a < b ? -1 : 1)).map(([name]) => name);
}

function byStart(a: PartView, b: PartView): number {
  return a.startedMs - b.startedMs || (a.instance < b.instance ? -1 : 1);
}

/** Newest start first. */
export function byNewestStart(now: number): (a: SessionRow, b: SessionRow) => number {
  return (a, b) => startKey(b.startedMs, now) - startKey(a.startedMs, now) || (a.id < b.id ? -1 : 1);
}

/** By which starts are put in order: one that is farther ahead than clocks differ is none, and comes last. */
export function startKey(startedMs: number, now: number): number {
  return startedMs > now + AHEAD_MS ? -startedMs : startedMs;
}

function viewOf(part: SessionPart, { now, lostAfterMs }: RowTimes): PartView {
  const { newest, lastSeenMs } = part;
  const startedMs = newest?.startedMs ?? part.firstSeenMs;
  const isLost = now - lastSeenMs > lostAfterMs || lastSeenMs > now + AHEAD_MS;
  const status = newest?.event === 'end' ? 'ended' : isLost ? 'lost' : 'active';
  const reportedEndMs = newest?.durationMs === undefined ? lastSeenMs : startedMs + newest.durationMs;
  return {
    instance: part.instance,
    status,
    startedMs,
    endMs: status === 'ended' ? reportedEndMs : Math.max(reportedEndMs, lastSeenMs),
    lastSeenMs,
    calls: total(part, 'calls'),
    // As the session spans have it, and what they cannot know.
    errors: Math.max(0, total(part, 'errors') + part.correction),
    open: part.open,
    newest,
  };
}

function openOf({ status, open }: PartView): readonly OpenRequest[] {
  return status === 'active' ? open : NOTHING_OPEN;
}

/**
 * The newest session span and what it cannot know yet. Where all request spans are there they decide: a session span
 * that a request caused may count that request or not, which times of a millisecond do not tell.
 */
function total({ newest, isWhole, seen, since }: SessionPart, key: keyof Counts): number {
  if (newest === undefined) return seen[key];
  if (newest.event === 'end') return newest[key];
  return isWhole ? Math.max(newest[key], seen[key]) : newest[key] + since[key];
}

function aboutOf(newest: SessionAbout | undefined, other: SessionAbout): SessionAbout {
  return {
    source: newest?.source ?? other.source,
    service: newest?.service ?? other.service,
    clientName: newest?.clientName ?? other.clientName,
    clientVersion: newest?.clientVersion ?? other.clientVersion,
    protocolVersion: newest?.protocolVersion ?? other.protocolVersion,
    transport: newest?.transport ?? other.transport,
    sender: newest?.sender ?? other.sender,
    seenByClient: newest?.seenByClient ?? other.seenByClient,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
