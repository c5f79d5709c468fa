import { randomUUID } from 'node:crypto';
import type { Problem } from '../recording/json-lines.ts';
import { resolveId, resolveSaidId } from '../sessions/find.ts';
import { LOST_AFTER_MS, type RowTimes } from '../sessions/row.ts';
import type {
  CalledKind,
  EventPage,
  EventSearch,
  ListedEvent,
  LogPage,
  NumberedRow,
  SessionQuery,
  SpanRef,
  StoreChange,
  StoreState,
  UnreadLine,
} from './answers.ts';
import { calledIn } from './called.ts';
import { callersOf } from './callers.ts';
import { ChangeListeners } from './change-listeners.ts';
import { errorGroupsOf } from './error-groups.ts';
import { failuresOf, placeOf } from './failures.ts';
import { Folder } from './folder.ts';
import { listSessions } from './list-sessions.ts';
import { LogIndex } from './log-index.ts';
import { type Names, namesIn } from './names.ts';
import { overviewOf } from './overview.ts';
import { Pace } from './pace.ts';
import { present } from './present.ts';
import { finderOf } from './search.ts';
import { SessionEvents } from './session-events.ts';
import { otlpOf } from './session-otlp.ts';
import type { KnownRow } from './session-rows.ts';
import { SessionTable } from './session-table.ts';
import { SpanIndex } from './span-index.ts';
import { timeRangeOf } from './time-range.ts';
import { toolClientsOf } from './tool-clients.ts';
import { toolsOf } from './tools.ts';
import { Traces } from './traces.ts';
import type {
  Failure,
  FailureFilter,
  FailureQuery,
  ListQuery,
  Page,
  Range,
  SessionStore,
  StoreOptions,
} from './types.ts';
import { Watch } from './watch.ts';

const POLL_MS = 1_000;
/** While much is read, rows are brought up to date this often. */
const SETTLE_MS = 500;
/** Ends a look under way: nobody waits for it any more. */
const CLOSED = new Error('the store was closed');

export function openStore(options: StoreOptions): SessionStore {
  return new FolderStore(options);
}

class FolderStore implements SessionStore {
  readonly ready: Promise<void>;
  readonly #epoch = randomUUID().slice(0, 8);
  readonly #now: () => number;
  readonly #lostAfterMs: number;
  readonly #index: SpanIndex;
  readonly #logs = new LogIndex();
  readonly #table: SessionTable;
  readonly #events: SessionEvents;
  readonly #traces: Traces;
  readonly #folder: Folder;
  readonly #watch: Watch;
  readonly #listeners = new ChangeListeners(() => this.#changeBase());
  #isClosed = false;
  /** What else is told of, as it was. */
  #told = '';
  #names: { readonly version: number; readonly names: Names } | undefined;

  constructor({ dir, exceptService, lostAfterMs, pollMs, now }: StoreOptions) {
    this.#now = now ?? Date.now;
    this.#lostAfterMs = lostAfterMs ?? LOST_AFTER_MS;
    this.#index = new SpanIndex(exceptService);
    this.#table = new SessionTable(this.#index);
    this.#events = new SessionEvents(this.#index, this.#logs);
    this.#traces = new Traces(this.#index);
    this.#folder = new Folder(dir, this.#index, this.#logs);
    this.#watch = new Watch(dir, pollMs ?? POLL_MS, () => this.#look());
    this.ready = this.#watch.look();
  }

  state(): StoreState {
    const { count, first } = this.#folder.problems(this.#now());
    return {
      epoch: this.#epoch,
      sessions: this.#table.size,
      spans: this.#index.spanCount,
      problems: { count, first: first.map(unreadLine) },
      ...this.#currentNames(),
      ...present({
        logs: this.#logs.count || undefined,
        indexing: this.#folder.indexing,
        range: timeRangeOf(this.#index, this.#table),
      }),
    };
  }

  list(query: ListQuery): number[] {
    return listSessions(this.#table, query, this.#times());
  }

  async find(query: SessionQuery): Promise<number[]> {
    const isFound = await finderOf(this.#index, this.#table, query.q ?? '');
    return listSessions(this.#table, query, this.#times(), isFound);
  }

  rows(numbers: readonly number[]): NumberedRow[] {
    const times = this.#times();
    return numbers.flatMap((number) => {
      const known = this.#table.get(number, times);
      return known === undefined ? [] : this.#table.numbered(known);
    });
  }

  resolveId(typed: string): string[] {
    const { byId } = this.#index;
    const ids = byId.has(typed) ? [typed] : resolveId(byId.keys(), typed);
    if (ids.length > 0) return [...new Set(ids.map((id) => this.#known(id)?.row.id ?? id))];
    const rows = this.#table.newestFirst().flatMap((number) => this.#table.peek(number)?.row ?? []);
    return resolveSaidId(rows, typed);
  }

  row(id: string): NumberedRow | undefined {
    const known = this.#known(id);
    return known === undefined ? undefined : this.rows([known.number])[0];
  }

  async events(id: string, page: Page, search: EventSearch = {}): Promise<EventPage | undefined> {
    const session = this.#index.byId.get(id);
    if (session === undefined) return undefined;
    const events = await this.#events.page(this.#table.partsOf(session), page, search);
    const row = this.row(id);
    return row === undefined ? undefined : { now: this.#now(), row, ...events };
  }

  async logs(id: string, events: readonly SpanRef[], page: Page): Promise<LogPage[] | undefined> {
    const session = this.#index.byId.get(id);
    return session === undefined ? undefined : this.#events.logs(this.#table.partsOf(session), events, page);
  }

  trace(span: SpanRef, page: Page) {
    return this.#traces.page(span, page);
  }

  span(span: SpanRef) {
    return this.#traces.detail(span);
  }

  otlp(id: string): AsyncIterable<object> | undefined {
    const session = this.#index.byId.get(id);
    return session === undefined ? undefined : otlpOf(this.#table.partsOf(session).sessions);
  }

  tools(range: Range) {
    return toolsOf(this.#index, this.#table, range, this.#times());
  }

  toolClients(names: readonly string[], range: Range) {
    return toolClientsOf(this.#index, this.#table, names, range, this.#times());
  }

  called(kind: 'resource' | 'prompt', range: Range) {
    return { now: this.#now(), called: calledIn(this.#index, this.#table, kind, range) };
  }

  callers(kind: CalledKind, name: string, range: Range) {
    return callersOf(this.#index, this.#table, { kind, name }, range);
  }

  overview(range: Range) {
    return overviewOf(this.#index, this.#table, range, this.#times());
  }

  failures(query: FailureQuery) {
    return failuresOf(this.#index, this.#table, query);
  }

  errorGroups(filter: FailureFilter) {
    return errorGroupsOf(this.#index, this.#table, filter, this.#now());
  }

  async failedEvent(failure: Failure): Promise<ListedEvent | undefined> {
    const place = placeOf(failure);
    return place === undefined ? undefined : this.#events.single(place);
  }

  doubles(): ReadonlyMap<string, number> {
    return this.#index.foreign.doubles();
  }

  refresh(): Promise<void> {
    return this.#watch.look();
  }

  onChange(listener: (change: StoreChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.close();
    await this.#watch.close();
  }

  async #look(): Promise<void> {
    let settledAt = performance.now();
    const pace = new Pace(async () => {
      if (this.#isClosed) throw CLOSED;
      if (performance.now() - settledAt < SETTLE_MS) return;
      await this.#settle();
      settledAt = performance.now();
    });
    try {
      await this.#folder.look(this.#now(), pace);
      await this.#settle();
    } catch (error) {
      if (error !== CLOSED) throw error;
    }
  }

  async #settle(): Promise<void> {
    const isReading = this.#folder.indexing !== undefined;
    if (await this.#index.foreign.settle(isReading)) this.#index.clients.touchAll();
    await this.#index.clients.settle(isReading);
    const numbers = await this.#table.settle(this.#times(), new Pace());
    const told = `${this.#index.spanCount} ${this.#logs.count} ${this.#folder.indexing?.done} ${this.#folder.problems(this.#now()).count}`;
    if (numbers.length > 0 || told !== this.#told) this.#listeners.note(numbers);
    this.#told = told;
  }

  /** The row of a session, by the id of any of its parts. */
  #known(id: string): KnownRow | undefined {
    const session = this.#index.byId.get(id);
    return session === undefined ? undefined : this.#table.peek(session.number);
  }

  #times(): RowTimes {
    return { now: this.#now(), lostAfterMs: this.#lostAfterMs };
  }

  #currentNames(): Names {
    const { version } = this.#table;
    if (this.#names?.version !== version) this.#names = { version, names: namesIn(this.#index, this.#table) };
    return this.#names.names;
  }

  #changeBase(): Omit<StoreChange, 'changed'> {
    return {
      epoch: this.#epoch,
      sessions: this.#table.size,
      spans: this.#index.spanCount,
      ...present({ logs: this.#logs.count || undefined, indexing: this.#folder.indexing }),
    };
  }
}

function unreadLine({ path, line, reason }: Problem): UnreadLine {
  return { file: path, line, reason };
}
