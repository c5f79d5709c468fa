/**
 * What the page and its server say to each other: JSON over HTTP, same origin only. Times are Unix milliseconds,
 * durations milliseconds. The page imports these types; nothing here exists at run time but the paths.
 */
import type { EventKind, EventStatus } from '../sessions/events.ts';
import type { SessionStatus } from '../sessions/row.ts';

export const API = {
  state: '/api/state',
  sessions: '/api/sessions',
  rows: '/api/sessions/rows',
  events: '/api/session/events',
  exported: '/api/session/export',
  tools: '/api/tools',
  tool: '/api/tool',
  overview: '/api/overview',
  changes: '/api/changes',
  demo: '/api/demo',
} as const;

/** Every answer that is not a success. */
export interface ApiError {
  /** A sentence for people: what is wrong and what to do. */
  readonly error: string;
}

/** `GET /api/state`. */
export interface ApiState {
  readonly version: string;
  /** Where the recording is. */
  readonly dir: string;
  readonly now: number;
  /** Changes when the index is made anew: numbers of sessions of another epoch mean nothing. */
  readonly epoch: string;
  /** Where OTLP/HTTP is received; absent where it is not. */
  readonly otlpUrl?: string;
  /** Why it is received elsewhere than expected. */
  readonly otlpProblem?: string;
  /** Whether what is sent must bring a token; absent where it need not. */
  readonly otlpNeedsToken?: true;
  /** Bytes, while the files that were there at the start are read. */
  readonly indexing?: { readonly done: number; readonly total: number };
  readonly sessions: number;
  readonly spans: number;
  /** What could not be read: lines, and whole files. */
  readonly problems: { readonly count: number; readonly first: readonly ApiProblem[] };
  /** Whether the demo's recording is among what is shown. */
  readonly hasDemo: boolean;
  /** Names for the filters, sorted; at most 1,000 of each. */
  readonly services: readonly string[];
  readonly clients: readonly string[];
  readonly tools: readonly string[];
  /** First and last span; absent without any. */
  readonly range?: { readonly from: number; readonly to: number };
}

export interface ApiProblem {
  readonly file: string;
  /** Counted from 1; 0: the file as a whole. */
  readonly line: number;
  /** `is cut off`, `is not OTLP JSON` … */
  readonly reason: string;
}

export const SESSION_SORTS = [
  'session',
  'client',
  'started',
  'duration',
  'calls',
  'errors',
  'status',
  'tools',
] as const;
export type SessionSort = (typeof SESSION_SORTS)[number];

/** Parameters of `GET /api/sessions`, and of the page's own address. Absent: does not restrict. */
export interface SessionQuery {
  /** Part of a session id, client name or version, or tool name, in any case. */
  readonly q?: string;
  readonly status?: SessionStatus;
  readonly client?: string;
  readonly tool?: string;
  readonly service?: string;
  /** Sessions that were open at some time between the two. */
  readonly from?: number;
  readonly to?: number;
  /** `errors=1`: only sessions with errors. */
  readonly errors?: boolean;
  /** Default: `started`. */
  readonly sort?: SessionSort;
  /** Default: `desc`. */
  readonly order?: 'asc' | 'desc';
}

/** `GET /api/sessions`: which sessions there are, and their order. Their rows are asked for as they come into view. */
export interface ApiSessions {
  readonly epoch: string;
  readonly now: number;
  /** Of all sessions, without any restriction. */
  readonly total: number;
  /** Numbers of the matching sessions, in order. A session keeps its number for the epoch. */
  readonly order: readonly number[];
  /** The first rows, so that one answer fills a screen. */
  readonly rows: readonly ApiRow[];
}

/** `GET /api/sessions/rows?epoch=E&n=1,2,3`: 409 where the epoch is over. At most 500. */
export interface ApiRows {
  readonly epoch: string;
  readonly now: number;
  readonly rows: readonly ApiRow[];
}

/** A line of the sessions table. */
export interface ApiRow {
  readonly n: number;
  readonly id: string;
  /** The first characters of the id: as many as tell it from the others. */
  readonly shortId: string;
  /** `protocol`, `connection`, `application`, `inferred`. */
  readonly source?: string;
  readonly service?: string;
  readonly clientName?: string;
  readonly clientVersion?: string;
  readonly protocolVersion?: string;
  readonly transport?: string;
  readonly startedMs: number;
  readonly lastSeenMs: number;
  /** To `now` of the answer while it is active. */
  readonly durationMs: number;
  readonly calls: number;
  readonly errors: number;
  readonly status: SessionStatus;
  readonly endReason?: string;
  readonly tools: readonly string[];
  readonly hasMoreTools: boolean;
}

/** `GET /api/session/events?id=ID&offset=0&limit=200`: 404 where there is no such session. At most 1,000 at once. */
export interface ApiEvents {
  readonly now: number;
  readonly row: ApiRow;
  readonly total: number;
  readonly offset: number;
  readonly events: readonly ApiEvent[];
  /** The longest latency of the whole session: the common scale of the bars. */
  readonly longestMs: number;
  /** Places of failed events, so that the page can jump to them. At most 1,000. */
  readonly failures: readonly number[];
}

export interface ApiEvent {
  readonly timeMs: number;
  readonly kind: EventKind;
  /** `session start`, `initialize`, `tools/call get_weather`, `session end (stdin_eof)` … */
  readonly type: string;
  readonly method?: string;
  readonly target?: string;
  /** Whether `target` is a tool. */
  readonly isTool: boolean;
  readonly latencyMs?: number;
  readonly status?: EventStatus;
  readonly error?: string;
  /** JSON text, where it was captured. */
  readonly arguments?: string;
  readonly result?: string;
  /** What `tools/list` answered. */
  readonly toolNames?: readonly string[];
  readonly requestId?: string;
  readonly traceId: string;
  readonly spanId: string;
}

/** `GET /api/tools?from&to&service`. */
export interface ApiTools {
  readonly now: number;
  readonly tools: readonly ApiTool[];
  /** Clients with a session in the range. */
  readonly clients: number;
}

export interface ApiTool {
  readonly name: string;
  readonly services: readonly string[];
  /** Whether an answer to `tools/list` in the range named it. */
  readonly isListed: boolean;
  /** Clients that were shown it by `tools/list`. */
  readonly seenBy: number;
  readonly calls: number;
  readonly errors: number;
  /** Absent without calls. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  readonly lastCallMs?: number;
  /** Most frequent first, at most 20. */
  readonly errorTypes: readonly { readonly type: string; readonly count: number }[];
}

/** `GET /api/tool?name=NAME&from&to&service`: who has discovered it. A client is a name; versions are listed. */
export interface ApiToolClients {
  readonly name: string;
  readonly seen: readonly ApiClient[];
  /** Had a session with a server that lists the tool, and were not shown it. */
  readonly notSeen: readonly ApiClient[];
}

export interface ApiClient {
  readonly name: string;
  readonly versions: readonly string[];
  readonly sessions: number;
  readonly lastSeenMs: number;
  /** Calls of the tool. */
  readonly calls: number;
  /** Whether it asked for a list of tools at all. */
  readonly hasListed: boolean;
}

/** `GET /api/overview?from&to&service`. Every series has a value for each of `times`; `null` where there is none. */
export interface ApiOverview {
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

/** `GET /api/changes`: server-sent events named `change`, at most two a second, with this as data. */
export interface ApiChange {
  readonly epoch: string;
  readonly sessions: number;
  readonly spans: number;
  /** Numbers of the sessions that are new or have changed; absent: more than 500, ask for everything anew. */
  readonly changed?: readonly number[];
  readonly indexing?: { readonly done: number; readonly total: number };
}
