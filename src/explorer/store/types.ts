import type {
  CalledKind,
  CalledList,
  Callers,
  ErrorGroups,
  EventPage,
  EventSearch,
  ListedEvent,
  LogPage,
  NumberedRow,
  Overview,
  SessionQuery,
  SpanDetail,
  SpanRef,
  StoreChange,
  StoreState,
  ToolClients,
  ToolList,
  TracePage,
} from './answers.ts';

/**
 * The recording of a folder, indexed: what the page and AI clients ask. Memory holds a few numbers for each span and a
 * row for each session; events are read from the files when they are asked for. Follows the files as they grow.
 */
export interface SessionStore {
  /** Resolves when the files that were there at the start have been read. Answers before that are of what is read. */
  readonly ready: Promise<void>;
  state(): StoreState;
  /** Numbers of the matching sessions, in order. */
  list(query: ListQuery): number[];
  /** The same with a search, for which spans may have to be read. */
  find(query: SessionQuery): Promise<number[]>;
  /** The rows of these numbers; unknown ones are left out. */
  rows(numbers: readonly number[]): NumberedRow[];
  /**
   * The ids that a text may mean: the one that equals it, else those that begin with it, else those that contain it.
   * Of a session of several parts that of its row.
   */
  resolveId(typed: string): string[];
  /** By the id of any of its parts, like all that takes an id. */
  row(id: string): NumberedRow | undefined;
  /** `undefined`: there is no such session. */
  events(id: string, page: Page, search?: EventSearch): Promise<EventPage | undefined>;
  /**
   * The log lines of each of these events of a session, in their order: of each, the lines of the page.
   * `undefined`: there is no such session.
   */
  logs(id: string, events: readonly SpanRef[], page: Page): Promise<LogPage[] | undefined>;
  /**
   * The spans of the trace around this span, of all services, each above what hangs below it. `undefined`: there is no such
   * trace.
   */
  trace(span: SpanRef, page: Page): Promise<TracePage | undefined>;
  /** What was recorded of a span. `undefined`: there is no such span. */
  span(span: SpanRef): Promise<SpanDetail | undefined>;
  /** The spans of a session as OTLP JSON has them in `resourceSpans`, each once; read as they are asked for. */
  otlp(id: string): AsyncIterable<object> | undefined;
  tools(range: Range): ToolList;
  /** One for each of `names`, in their order. */
  toolClients(names: readonly string[], range: Range): ToolClients[];
  /** Resources that were read, prompts that were asked for. */
  called(kind: 'resource' | 'prompt', range: Range): CalledList;
  callers(kind: CalledKind, name: string, range: Range): Callers;
  overview(range: Range): Overview;
  /** What failed, newest first. */
  failures(query: FailureQuery): Failures;
  /** The same put together by what it was and why, most frequent first. */
  errorGroups(filter: FailureFilter): ErrorGroups;
  /** The event of a failure of {@link failures}; `undefined`: it is gone. */
  failedEvent(failure: Failure): Promise<ListedEvent | undefined>;
  /** How many messages were recorded by this package and by another instrumentation too: by the name of the other. */
  doubles(): ReadonlyMap<string, number>;
  /** Looks at the files now rather than at the next look. */
  refresh(): Promise<void>;
  /** Told of changes, at most twice a second. Returns what ends that. */
  onChange(listener: (change: StoreChange) => void): () => void;
  close(): Promise<void>;
}

/** Without a search. */
export type ListQuery = Omit<SessionQuery, 'q'>;

export interface Page {
  readonly offset: number;
  /** At most 1,000. */
  readonly limit: number;
}

/** What is absent does not restrict. */
export interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly service?: string | undefined;
}

/** What is absent does not restrict. Texts match as a whole, but for `client`: part of its name or version, in any case. */
export interface FailureFilter extends Range {
  readonly client?: string | undefined;
  readonly tool?: string | undefined;
  readonly errorType?: string | undefined;
}

export interface FailureQuery extends FailureFilter {
  /** Only what stands behind this one in the order. */
  readonly after?: Pick<Failure, 'timeMs' | 'spanId'> | undefined;
  readonly limit: number;
}

export interface Failures {
  /** Of all that match, `after` and `limit` aside. */
  readonly total: number;
  /** Of the same, most frequent first, at most 50. */
  readonly types: readonly { readonly type: string; readonly count: number }[];
  readonly failures: readonly Failure[];
}

/** A request that failed; equal times are in the order of their span ids. */
export interface Failure {
  /** Absent where it belongs to none: others than this package record no client sessions. */
  readonly sessionId?: string;
  readonly clientName?: string;
  readonly clientVersion?: string;
  readonly service?: string;
  readonly timeMs: number;
  readonly spanId: string;
  /** Class of an exception, `error.type`, else the JSON-RPC code; `unknown` without any. */
  readonly type: string;
}

export interface StoreOptions {
  /** Folder of the recording; it may come into being later. */
  readonly dir: string;
  /** Spans of this `service.name` are left out. */
  readonly exceptService?: string | undefined;
  /** Milliseconds without any span after which an open session counts as lost. Default: 10 min. */
  readonly lostAfterMs?: number | undefined;
  /** Milliseconds between two looks at the folder, besides what the file system tells. Default: 1,000. */
  readonly pollMs?: number | undefined;
  /** Unix milliseconds. Default: the machine's clock. */
  readonly now?: (() => number) | undefined;
}
