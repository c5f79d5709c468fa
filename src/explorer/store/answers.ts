/** What the store is asked and what it answers. Times are Unix milliseconds, durations milliseconds. */
import type { SpanKind } from '../recording/attributes.ts';
import type { LogLine } from '../recording/log-records.ts';
import type { OpenRequest } from '../sessions/open-requests.ts';
import type { EventStatus } from '../sessions/outcome.ts';
import type { SessionStatus } from '../sessions/row.ts';
import type { EventKind } from '../sessions/session-event.ts';

export const SESSION_SORTS = [
  'session',
  'client',
  'started',
  'duration',
  'calls',
  'errors',
  'status',
  'tools',
  'server',
  'error_rate',
] as const;
export type SessionSort = (typeof SESSION_SORTS)[number];

/** Which sessions, and in what order. Absent: does not restrict. */
export interface SessionQuery {
  /** Words that all must match: see `parseSearch`. */
  readonly q?: string;
  readonly status?: SessionStatus;
  readonly client?: string;
  /** Part of the client's name or version, in any case. */
  readonly clientPart?: string;
  readonly tool?: string;
  readonly service?: string;
  /** Sessions that were open at some time between the two. */
  readonly from?: number;
  readonly to?: number;
  /** Only sessions with errors. */
  readonly errors?: boolean;
  /** Default: `started`. */
  readonly sort?: SessionSort;
  /** Default: `desc`. */
  readonly order?: 'asc' | 'desc';
}

export interface StoreState {
  /** Changes when the index is made anew: numbers of sessions of another epoch mean nothing. */
  readonly epoch: string;
  /** Bytes, while the files that were there at the start are read. */
  readonly indexing?: { readonly done: number; readonly total: number };
  readonly sessions: number;
  readonly spans: number;
  /** Log lines that belong to a trace; absent while there are none. */
  readonly logs?: number;
  /** What could not be read: lines, and whole files. */
  readonly problems: { readonly count: number; readonly first: readonly UnreadLine[] };
  /** Names for the filters, sorted; at most 1,000 of each. */
  readonly services: readonly string[];
  readonly clients: readonly string[];
  readonly tools: readonly string[];
  /** First and last span; absent without any. */
  readonly range?: { readonly from: number; readonly to: number };
}

export interface UnreadLine {
  readonly file: string;
  /** Counted from 1; 0: the file as a whole. */
  readonly line: number;
  /** `is cut off`, `is not OTLP JSON` … */
  readonly reason: string;
}

/** A line of the sessions table. What is not known is absent. */
export interface NumberedRow {
  /** A session keeps its number for the epoch. */
  readonly n: number;
  /** That of its first part. */
  readonly id: string;
  /** The first characters of the id: as many as tell it from the others. */
  readonly shortId: string;
  /** `protocol`, `connection`, `application`, `conversation`, `inferred`, `process`, `client`. */
  readonly source?: string;
  /** What the client calls the conversation. */
  readonly conversationId?: string;
  /** Ids of the protocol that requests came with, where the session has another: the first 20. */
  readonly protocolSessionIds: readonly string[];
  readonly hasMoreProtocolSessionIds: boolean;
  /** How many ids stand for it: several processes may have recorded it, each under an id of its own. */
  readonly parts: number;
  /** Of its other parts: the first 100. Each leads to this row. */
  readonly otherIds: readonly string[];
  readonly processes: number;
  /** Without any, its requests are all that is known. */
  readonly hasSessionSpans: boolean;
  readonly service?: string;
  readonly clientName?: string;
  readonly clientVersion?: string;
  readonly protocolVersion?: string;
  readonly transport?: string;
  /** The instrumentation that recorded it, where that is not this package. */
  readonly sender?: string;
  /** Name of the client's service, where an instrumented client recorded it, too; alone, where the source is `client`. */
  readonly seenByClient?: string;
  readonly startedMs: number;
  readonly lastSeenMs: number;
  /** To `now` of the answer while it is active; of what only its client recorded, to what was seen last. */
  readonly durationMs: number;
  readonly calls: number;
  readonly errors: number;
  readonly status: SessionStatus;
  readonly endReason?: string;
  readonly tools: readonly string[];
  readonly hasMoreTools: boolean;
  /** What it waits for while it is active, the oldest first, at most 20. */
  readonly openRequests: readonly OpenRequest[];
  /** What its parts have in common where they have ids of their own: `mcp.client.session.key`. */
  readonly key?: string;
  /** Bytes of the requests, and of the responses to them, as far as their spans tell. */
  readonly requestSize?: number;
  readonly responseSize?: number;
}

/** Some of the events of a session. */
export interface EventPage {
  readonly now: number;
  readonly row: NumberedRow;
  readonly total: number;
  readonly offset: number;
  readonly events: readonly ListedEvent[];
  /** The time of the whole session: what the bars of all events stand on. */
  readonly axis: TimeAxis;
  /** Places of the failures: of the requests that failed. At most 1,000. */
  readonly failures: readonly number[];
  /** Places of what was looked for. At most 1,000; absent where nothing was. */
  readonly found?: readonly number[];
}

/** What to look for in the events of a session. */
export interface EventSearch {
  /** As for sessions: what has the most of its words. */
  readonly q?: string;
  /** A span's id; with it, `q` is not looked at. */
  readonly span?: string;
}

/** A stretch of time, and where in it nothing went on for long: to be drawn shorter than it was. */
export interface TimeAxis {
  readonly fromMs: number;
  readonly toMs: number;
  /** In order, none within another; fewer than 50. */
  readonly pauses: readonly (readonly [fromMs: number, toMs: number])[];
}

/** An event of a session. What is not known is absent. */
export interface ListedEvent {
  readonly timeMs: number;
  readonly kind: EventKind;
  /** `session start`, `initialize`, `tools/call get_weather`, `session end (stdin_eof)` … */
  readonly type: string;
  readonly method?: string;
  readonly target?: string;
  /** Whether `target` is a tool. */
  readonly isTool: boolean;
  readonly latencyMs?: number;
  /** Of a request that both sides recorded: how long it took the one who asked, less how long the other. */
  readonly networkMs?: number;
  /** What the client made of an answer that was no error. */
  readonly clientError?: string;
  /** `client`: nobody else recorded it, though the server recorded the session. */
  readonly side?: 'client';
  readonly status?: EventStatus;
  readonly error?: string;
  /** JSON text, where it was captured. */
  readonly arguments?: string;
  readonly result?: string;
  /** What `tools/list` answered. */
  readonly toolNames?: readonly string[];
  /** How many tools that were, where more than are recorded. */
  readonly toolCount?: number;
  /** How many events it hangs below; absent at the top. */
  readonly depth?: number;
  /** How many events hang below it: they follow it. Absent without any. */
  readonly below?: number;
  readonly requestId?: string;
  /** `jsonrpc.request.id`: on the wire. */
  readonly rpcId?: string;
  /** How many exceptions were recorded with their stacks; absent without any. */
  readonly stacks?: number;
  /** Bytes of the messages. */
  readonly requestSize?: number;
  readonly responseSize?: number;
  readonly traceId: string;
  readonly spanId: string;
  /** The line that a `notifications/message` is. */
  readonly message?: LogLine;
  /** How many log lines belong to it, and how many of those tell of errors; absent where none do. */
  readonly logs?: number;
  readonly logErrors?: number;
}

/** Which event. */
export interface SpanRef {
  readonly traceId: string;
  readonly spanId: string;
}

/** Some of the spans of a trace, each above what hangs below it. */
export interface TracePage {
  readonly total: number;
  readonly offset: number;
  /** Spans of it that were left out, because there are very many: what hangs below the span that is asked about comes first. */
  readonly leftOut: number;
  /** Of the trace of a session, only what belongs to one request of it. */
  readonly isPart: boolean;
  /** Place of the span that is asked about. */
  readonly at?: number;
  readonly axis: TimeAxis;
  readonly spans: readonly TraceSpan[];
}

/** A span of a trace, of whatever service. What is not known is absent. */
export interface TraceSpan {
  readonly spanId: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly timeMs: number;
  readonly durationMs: number;
  readonly isFailed: boolean;
  readonly depth: number;
  /** How many hang below it: they follow it. */
  readonly below: number;
  readonly service?: string;
  /** The session that it is of. */
  readonly sessionId?: string;
}

/** What was recorded of one span, besides what lists of spans have. What is not known is absent. */
export interface SpanDetail {
  readonly name: string;
  readonly kind: SpanKind;
  readonly service?: string;
  readonly parentSpanId?: string;
  /** What the status says. */
  readonly error?: string;
  /** JSON text. */
  readonly attributes: string;
  readonly exceptions: readonly SpanException[];
}

export interface SpanException {
  readonly type?: string;
  readonly message?: string;
  readonly stack?: string;
}

/** Some of the log lines of an event, in the order of time. */
export interface LogPage {
  readonly total: number;
  readonly offset: number;
  readonly lines: readonly LogLine[];
}

export interface ToolList {
  readonly now: number;
  readonly tools: readonly ToolFigures[];
  /** Clients with a session in the range. */
  readonly clients: number;
  /** The newest list of tools of each server whose size is known. */
  readonly lists: readonly ListSize[];
}

export interface ListSize {
  readonly service?: string;
  /** Of the JSON of all its tools. */
  readonly bytes: number;
  /** How many tools it holds; absent where it is recorded in part. */
  readonly tools?: number;
}

/** What clients ask for by its name, or by its URI. */
export const CALLED_KINDS = ['tool', 'resource', 'prompt'] as const;
export type CalledKind = (typeof CALLED_KINDS)[number];

/** How often something was asked for, and how that went. */
export interface CallFigures {
  readonly calls: number;
  readonly errors: number;
  /** Absent without calls. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  readonly lastCallMs?: number;
  /** Bytes of one response to a call; absent where none is known. */
  readonly p50Size?: number;
  readonly p95Size?: number;
  /** Bytes of all requests, and of all responses. */
  readonly requestSize?: number;
  readonly responseSize?: number;
}

/** The resources that were read, or the prompts that were asked for, by name. */
export interface CalledList {
  readonly now: number;
  readonly called: readonly CalledFigures[];
}

export interface CalledFigures extends CallFigures {
  /** URI or name; of very many resources what those of one server, or of one scheme, have in common. */
  readonly name: string;
  /** How many different ones these are; absent where it is one. */
  readonly members?: number;
  readonly services: readonly string[];
  /** Clients that asked for it; a client is a name. */
  readonly clients: number;
  /** Most frequent first, at most 20. */
  readonly errorTypes: readonly { readonly type: string; readonly count: number }[];
}

/** Who asked for one tool, resource or prompt. */
export interface Callers {
  readonly name: string;
  /** How many there are. */
  readonly total: number;
  /** Most calls first, at most 100. */
  readonly callers: readonly CallerFigures[];
}

/** One version of a client. */
export interface CallerFigures extends CallFigures {
  readonly client: string;
  readonly version?: string;
}

export interface ToolFigures extends CallFigures {
  readonly name: string;
  readonly services: readonly string[];
  /** Whether an answer to `tools/list` in the range named it. Absent: none did, but not all is recorded of them. */
  readonly isListed?: boolean;
  /** Clients that were shown it by `tools/list`. */
  readonly seenBy: number;
  /** Clients with a session in the range, of the servers that have it. */
  readonly clients: number;
  /** Most frequent first, at most 20. */
  readonly errorTypes: readonly { readonly type: string; readonly count: number }[];
}

/** Who has discovered a tool. A client is a name; versions are listed. */
export interface ToolClients {
  readonly name: string;
  readonly seen: readonly ToolClient[];
  /** Had a session with a server that lists the tool, and were not shown it. */
  readonly notSeen: readonly ToolClient[];
  /** Were shown lists of which not all is recorded. */
  readonly maybeSeen: readonly ToolClient[];
}

export interface ToolClient {
  readonly name: string;
  readonly versions: readonly string[];
  readonly sessions: number;
  readonly lastSeenMs: number;
  /** Calls of the tool. */
  readonly calls: number;
  /** Whether it asked for a list of tools at all. */
  readonly hasListed: boolean;
}

/** Every series has a value for each of `times`; `null` where there is none. */
export interface Overview {
  readonly now: number;
  readonly from: number;
  readonly to: number;
  /** Width of a bucket. */
  readonly stepMs: number;
  /** Start of each bucket. */
  readonly times: readonly number[];
  readonly sessionsStarted: readonly number[];
  readonly calls: readonly number[];
  readonly errors: readonly number[];
  readonly p50Ms: readonly (number | null)[];
  readonly p95Ms: readonly (number | null)[];
  readonly p99Ms: readonly (number | null)[];
  readonly listP50Ms: readonly (number | null)[];
  readonly listP95Ms: readonly (number | null)[];
  readonly totals: {
    readonly sessions: number;
    readonly active: number;
    readonly calls: number;
    readonly errors: number;
    readonly p50Ms?: number;
    readonly p95Ms?: number;
    readonly p99Ms?: number;
  };
  /** Most sessions first, at most 50. */
  readonly clients: readonly {
    readonly name: string;
    readonly sessions: number;
    readonly calls: number;
    readonly errors: number;
    readonly lastSeenMs: number;
  }[];
  /** The slowest answers to `tools/list`, slowest first, at most 20. */
  readonly slowDiscovery: readonly {
    readonly sessionId: string;
    readonly clientName?: string;
    readonly service?: string;
    readonly timeMs: number;
    readonly latencyMs: number;
  }[];
}

/** What is new since the last time. */
export interface StoreChange {
  readonly epoch: string;
  readonly sessions: number;
  readonly spans: number;
  /** Numbers of the sessions that are new or have changed; absent: more than 500, ask for everything anew. */
  readonly changed?: readonly number[];
  /** Log lines that belong to a trace; absent while there are none. */
  readonly logs?: number;
  readonly indexing?: { readonly done: number; readonly total: number };
}

/** What failed, put together. */
export interface ErrorGroups {
  readonly now: number;
  /** Failures in the range. */
  readonly failures: number;
  /** Most failures first, at most 1,000. */
  readonly groups: readonly ErrorGroup[];
  /** What did not fit. */
  readonly left: { readonly groups: number; readonly failures: number };
}

/** Failures of one tool, prompt, else method, with one type, whose texts are equal but for numbers, ids, addresses and paths. */
export interface ErrorGroup {
  readonly method?: string;
  readonly tool?: string;
  readonly prompt?: string;
  /** Class of an exception, `error.type`, else the JSON-RPC code; `unknown` without any. */
  readonly type: string;
  /** Without what varies; absent where nothing was said. */
  readonly text?: string;
  readonly count: number;
  readonly sessions: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** By name, at most 20. */
  readonly clients: readonly ErrorClient[];
  /** Sorted, at most 20. */
  readonly services: readonly string[];
  /** The newest. Without a session where it belongs to none. */
  readonly example: { readonly sessionId?: string; readonly spanId: string; readonly timeMs: number };
}

export interface ErrorClient {
  /** Absent: it did not tell. */
  readonly name?: string;
  /** At most 10. */
  readonly versions: readonly string[];
}
