/**
 * What the page and its server say to each other: JSON over HTTP, same origin only. Times are Unix milliseconds,
 * durations milliseconds. The page imports these types; nothing here exists at run time but the paths and sorts.
 */
import type {
  CalledFigures,
  CalledList,
  CallerFigures,
  Callers,
  ErrorGroup,
  ErrorGroups,
  EventPage,
  EventSearch,
  ListedEvent,
  LogPage,
  NumberedRow,
  Overview,
  SpanDetail,
  SpanRef,
  StoreChange,
  StoreState,
  TimeAxis,
  ToolClient,
  ToolClients,
  ToolFigures,
  ToolList,
  TracePage,
  TraceSpan,
  UnreadLine,
} from '../store/answers.ts';

/** The parameters of `GET /api/sessions`, and of the page's own address; there, `errors` is `1` or absent. */
export {
  CALLED_KINDS,
  type CalledKind,
  type CallFigures,
  SESSION_SORTS,
  type SessionQuery,
  type SessionSort,
} from '../store/answers.ts';

export const API = {
  state: '/api/state',
  sessions: '/api/sessions',
  rows: '/api/sessions/rows',
  events: '/api/session/events',
  logs: '/api/session/logs',
  exported: '/api/session/export',
  trace: '/api/trace',
  span: '/api/span',
  tools: '/api/tools',
  tool: '/api/tool',
  called: '/api/called',
  callers: '/api/callers',
  overview: '/api/overview',
  errors: '/api/errors',
  changes: '/api/changes',
  demo: '/api/demo',
} as const;

/** Every answer that is not a success. */
export interface ApiError {
  /** A sentence for people: what is wrong and what to do. */
  readonly error: string;
}

/** `GET /api/state`. */
export interface ApiState extends StoreState {
  readonly version: string;
  /** Where the recording is. */
  readonly dir: string;
  readonly now: number;
  /** Where OTLP/HTTP is received; absent where it is not. */
  readonly otlpUrl?: string;
  /** Why it is received elsewhere than expected. */
  readonly otlpProblem?: string;
  /** Whether what is sent must bring a token; absent where it need not. */
  readonly otlpNeedsToken?: true;
  /** The address of a trace elsewhere: see `traceUrlOf`. */
  readonly traceUrl?: string;
  /** Whether the demo's recording is among what is shown. */
  readonly hasDemo: boolean;
}

export type ApiProblem = UnreadLine;

/** `GET /api/sessions`: which sessions there are, and their order. Their rows are asked for as they come into view. */
export interface ApiSessions {
  readonly epoch: string;
  readonly now: number;
  /** Of all sessions, without any restriction. */
  readonly total: number;
  /** Numbers of the matching sessions, in order. */
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

export type ApiRow = NumberedRow;

/**
 * `GET /api/session/events?id=ID&offset=0&limit=200`: 404 where there is no such session. At most 1,000 at once. `q` or
 * `span` asks for the places of what has those words, or that id, too.
 */
export type ApiEvents = EventPage;
export type ApiEventSearch = EventSearch;
export type ApiEvent = ListedEvent;

/**
 * `GET /api/session/logs?id=ID&trace=TRACE_ID&span=SPAN_ID&offset=0&limit=100`: the log lines of an event. 404 where there
 * is no such session. At most 500 at once.
 */
export type ApiLogs = LogPage;

/**
 * `GET /api/trace?id=TRACE_ID&span=SPAN_ID&offset=0&limit=1000`: the trace around a span, of all services; of the trace of a
 * session, what belongs to the span's request. 404 where no such trace is there. At most 1,000 spans at once.
 */
export type ApiTrace = TracePage;
export type ApiTraceSpan = TraceSpan;
export type ApiAxis = TimeAxis;
export type ApiSpanRef = SpanRef;

/** `GET /api/span?trace=TRACE_ID&span=SPAN_ID`: 404 where it is not there. */
export type ApiSpan = SpanDetail;

/** `GET /api/tools?from&to&service`. */
export type ApiTools = ToolList;
export type ApiTool = ToolFigures;

/** `GET /api/tool?name=NAME&from&to&service`. */
export type ApiToolClients = ToolClients;
export type ApiClient = ToolClient;

/** `GET /api/called?kind=resource&from&to&service`: `resource` or `prompt`. */
export type ApiCalledList = CalledList;
export type ApiCalled = CalledFigures;

/** `GET /api/callers?kind=tool&name=NAME&from&to&service`: of a tool, a resource or a prompt. */
export type ApiCallers = Callers;
export type ApiCaller = CallerFigures;

/** `GET /api/overview?from&to&service`. */
export type ApiOverview = Overview;

/** `GET /api/errors?from&to&service`. */
export type ApiErrors = ErrorGroups;
export type ApiErrorGroup = ErrorGroup;

/** `GET /api/changes`: server-sent events named `change`, at most two a second, with this as data. */
export type ApiChange = StoreChange;
