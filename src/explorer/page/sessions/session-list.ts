import type { ApiChange, ApiRow, ApiSessions, SessionQuery } from '../../server/api.ts';
import { client, failureText, RequestFailure } from '../data/api-client.ts';
import { Observable } from '../data/observable.ts';
import { createThrottle } from '../data/throttle.ts';
import { arrivals } from './arrivals.ts';

/** Rows asked for at once. */
const BATCH = 100;
/** Rows kept; what is not in view goes first. */
const MOST_ROWS = 4_000;
const RELOAD_EVERY_MS = 1_000;
/** New rows that are made to stand out, and for how long. */
const MOST_ARRIVED = 20;
const GREETED_MS = 2_000;

export type ListStatus = 'loading' | 'ready' | 'failed';

/**
 * The sessions that match: their order as numbers, and the rows of those that came into view. What is shown changes
 * by itself only while nobody reads it; otherwise what is new waits.
 */
export class SessionList extends Observable {
  #query: () => SessionQuery = () => ({});
  #mayMove: () => boolean = () => true;
  #epoch = '';
  #order: readonly number[] = [];
  #waiting: ApiSessions | undefined;
  #arrived: ReadonlySet<number> = new Set();
  #newCount = 0;
  #total = 0;
  #status: ListStatus = 'loading';
  #failure: string | undefined;
  #asked = 0;
  #wanted: readonly number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Numbers in the order that is shown, to tell what is new. */
  #known: ReadonlySet<number> = new Set();
  /** Asked for and not had: not asked for again before the next order. */
  readonly #absent = new Set<number>();
  readonly #rows = new Map<number, ApiRow>();
  readonly #stale = new Set<number>();
  readonly #underWay = new Set<number>();
  readonly #lookSoon = createThrottle(RELOAD_EVERY_MS, () => this.#load('look'));

  get order(): readonly number[] {
    return this.#order;
  }
  /** Of all sessions, matching or not. */
  get total(): number {
    return this.#total;
  }
  get status(): ListStatus {
    return this.#status;
  }
  get failure(): string | undefined {
    return this.#failure;
  }
  /** How many sessions wait to be shown. */
  get newCount(): number {
    return this.#newCount;
  }
  /** Numbers of the sessions that came by themselves, last. */
  get arrived(): ReadonlySet<number> {
    return this.#arrived;
  }
  get epoch(): string {
    return this.#epoch;
  }

  /** Whether it is not among those that match. */
  isElsewhere(n: number): boolean {
    return this.#status === 'ready' && !this.#known.has(n);
  }

  row(n: number): ApiRow | undefined {
    return this.#rows.get(n);
  }

  /** @param mayMove - whether nothing is being read that must stay where it is */
  ask(query: () => SessionQuery, mayMove: () => boolean): void {
    this.#query = query;
    this.#mayMove = mayMove;
    this.#status = 'loading';
    this.changed();
    void this.#load('show');
  }

  /** Shows what has been waiting. */
  showNew(): void {
    if (this.#waiting !== undefined) this.#show(this.#waiting);
  }

  reload(): void {
    void this.#load('show');
  }

  /** The rows in view: those that are missing or have changed are asked for. */
  want(numbers: readonly number[]): void {
    this.#wanted = numbers;
    if (this.#timer !== undefined || this.#missing().length === 0) return;
    // A moment, so that a fast scroll asks once.
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#fetchRows();
    }, 30);
  }

  /** Takes a row that came with something else. */
  put(row: ApiRow): void {
    this.#rows.set(row.n, row);
    this.#stale.delete(row.n);
    this.changed();
  }

  onChange(change: ApiChange | undefined): void {
    if (change?.changed === undefined || change.epoch !== this.#epoch) {
      for (const n of this.#rows.keys()) this.#stale.add(n);
      // The order first: it tells whether the numbers still mean anything.
      this.#lookSoon();
      return;
    }
    for (const n of change.changed) if (this.#rows.has(n)) this.#stale.add(n);
    this.want(this.#wanted);
    if (change.sessions !== this.#total || this.#mayReorder(change.changed)) this.#lookSoon();
  }

  /** Looks for what only the time has changed: active sessions may be lost, and others out of the time range. */
  recheck(): void {
    for (const n of this.#wanted) if (this.#rows.get(n)?.status === 'active') this.#stale.add(n);
    this.want(this.#wanted);
    if (this.#mayReorder([])) this.#lookSoon();
  }

  #mayReorder(changed: readonly number[]): boolean {
    const { sort, order: _, ...restrictions } = this.#query();
    const isPlain = sort === 'started' && Object.keys(restrictions).length === 0;
    return !isPlain || changed.some((n) => !this.#known.has(n));
  }

  async #load(purpose: 'show' | 'look'): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const answer = await client.sessions(this.#query());
      if (asked !== this.#asked) return;
      this.#failure = undefined;
      if (purpose === 'show' || this.#status === 'loading') this.#show(answer);
      else this.#look(answer);
    } catch (failure) {
      if (asked !== this.#asked) return;
      this.#failure = failureText(failure);
      if (this.#status === 'loading') this.#status = 'failed';
      this.changed();
    }
  }

  #look(answer: ApiSessions): void {
    if (answer.epoch !== this.#epoch || this.#mayMove()) {
      const arrived = new Set(answer.epoch === this.#epoch ? arrivals(this.#known, answer.order) : []);
      this.#show(answer);
      // A whole screen that changes is no arrival.
      if (arrived.size <= MOST_ARRIVED) this.#greet(arrived);
      return;
    }
    this.#total = answer.total;
    this.#waiting = answer;
    this.#newCount = arrivals(this.#known, answer.order).length;
    this.changed();
    this.want(this.#wanted);
  }

  /** Rows that come into view again later must not stand out again. */
  #greet(arrived: ReadonlySet<number>): void {
    this.#arrived = arrived;
    setTimeout(() => {
      if (this.#arrived === arrived) this.#arrived = new Set();
    }, GREETED_MS);
  }

  #show(answer: ApiSessions): void {
    if (answer.epoch !== this.#epoch) {
      this.#rows.clear();
      this.#stale.clear();
      this.#wanted = [];
    }
    this.#epoch = answer.epoch;
    this.#order = answer.order;
    this.#known = new Set(answer.order);
    this.#absent.clear();
    this.#total = answer.total;
    this.#waiting = undefined;
    this.#newCount = 0;
    this.#arrived = new Set();
    this.#status = 'ready';
    this.#take(answer.rows);
    this.changed();
    this.want(this.#wanted);
  }

  #missing(): number[] {
    const isMissing = (n: number) => (!this.#rows.has(n) && !this.#absent.has(n)) || this.#stale.has(n);
    return this.#wanted.filter((n) => isMissing(n) && !this.#underWay.has(n)).slice(0, BATCH);
  }

  async #fetchRows(): Promise<void> {
    const numbers = this.#missing();
    if (numbers.length === 0) return;
    const epoch = this.#epoch;
    for (const n of numbers) {
      this.#underWay.add(n);
      this.#stale.delete(n);
    }
    try {
      const answer = await client.rows(epoch, numbers);
      this.#failure = undefined;
      if (epoch === this.#epoch) {
        this.#take(answer.rows);
        this.#drop(missingIn(answer.rows, numbers));
      }
    } catch (failure) {
      for (const n of numbers) this.#stale.add(n);
      if (failure instanceof RequestFailure && failure.status === 409) void this.#load('show');
      else this.#failure = failureText(failure);
    } finally {
      for (const n of numbers) this.#underWay.delete(n);
    }
    this.changed();
    if (this.#failure === undefined) this.want(this.#wanted);
  }

  /** What is gone, or has become a part of another row, is not shown any longer, whoever reads. */
  #drop(gone: ReadonlySet<number>): void {
    if (gone.size === 0) return;
    for (const n of gone) {
      this.#rows.delete(n);
      this.#absent.add(n);
    }
    this.#order = this.#order.filter((n) => !gone.has(n));
    this.#known = new Set(this.#order);
  }

  #take(rows: readonly ApiRow[]): void {
    for (const row of rows) {
      this.#rows.set(row.n, row);
      this.#stale.delete(row.n);
    }
    if (this.#rows.size <= MOST_ROWS) return;
    const wanted = new Set(this.#wanted);
    for (const n of this.#rows.keys()) if (!wanted.has(n)) this.#rows.delete(n);
  }
}

function missingIn(rows: readonly ApiRow[], numbers: readonly number[]): Set<number> {
  const missing = new Set(numbers);
  for (const { n } of rows) missing.delete(n);
  return missing;
}
