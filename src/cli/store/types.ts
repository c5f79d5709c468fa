import type {
  ApiChange,
  ApiEvents,
  ApiOverview,
  ApiRow,
  ApiState,
  ApiToolClients,
  ApiTools,
  SessionQuery,
} from '../ui/api.ts';

/**
 * The recording of a folder, indexed: what the page and AI clients ask. Memory holds a few numbers for each span and a
 * row for each session; events are read from the files when they are asked for. Follows the files as they grow.
 */
export interface SessionStore {
  /** Resolves when the files that were there at the start have been read. Answers before that are of what is read. */
  readonly ready: Promise<void>;
  state(): StoreState;
  /** Numbers of the matching sessions, in order. */
  list(query: SessionQuery): number[];
  /** The rows of these numbers; unknown ones are left out. */
  rows(numbers: readonly number[]): ApiRow[];
  /** The ids that a text may mean: the one that equals it, else those that begin with it, else those that contain it. */
  resolveId(typed: string): string[];
  row(id: string): ApiRow | undefined;
  /** `undefined`: there is no such session. */
  events(id: string, page: Page): Promise<ApiEvents | undefined>;
  /** The spans of a session as OTLP JSON (`{"resourceSpans": […]}`), each once. */
  otlp(id: string): Promise<object | undefined>;
  tools(range: Range): ApiTools;
  toolClients(name: string, range: Range): ApiToolClients;
  overview(range: Range): ApiOverview;
  /** Looks at the files now rather than at the next look. */
  refresh(): Promise<void>;
  /** Told of changes, at most twice a second. Returns what ends that. */
  onChange(listener: (change: ApiChange) => void): () => void;
  close(): Promise<void>;
}

export type StoreState = Pick<
  ApiState,
  'epoch' | 'indexing' | 'sessions' | 'spans' | 'problems' | 'services' | 'clients' | 'tools' | 'range'
>;

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

export interface StoreOptions {
  /** Folder of the recording; it may come into being later. */
  readonly dir: string;
  /** Milliseconds without any span after which an open session counts as lost. Default: 10 min. */
  readonly lostAfterMs?: number | undefined;
  /** Milliseconds between two looks at the folder, besides what the file system tells. Default: 1,000. */
  readonly pollMs?: number | undefined;
  /** Unix milliseconds. Default: the machine's clock. */
  readonly now?: (() => number) | undefined;
}
