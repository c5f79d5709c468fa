import type { ApiChange, ApiEvents, ApiRow } from '../../server/api.ts';
import { client, failureText, RequestFailure } from '../data/api-client.ts';
import { Observable } from '../data/observable.ts';
import { createThrottle } from '../data/throttle.ts';
import { intoPages, PAGE_SIZE, runsOf, type Segment, segmentsOf } from './segments.ts';

/** Pages in one request: the server answers 1,000 events at most. */
const MOST_PAGES = 5;
const REFRESH_EVERY_MS = 700;
const LOOK_EVERY_MS = 3_000;

/** The events of an open session: pages as they are asked for, and kept up to date. */
export class SessionEvents extends Observable {
  readonly id: string;
  #answer: ApiEvents | undefined;
  #failure: string | undefined;
  #isUnknown = false;
  #isBusy = false;
  #segments: readonly Segment[] = [];
  /** Log lines of the whole recording. */
  #logs: number | undefined;
  /** How many there were when it was last looked for in vain. */
  #sessions: number | undefined;
  readonly #pages = new Map<number, ApiEvents['events']>();
  readonly #refreshSoon = createThrottle(REFRESH_EVERY_MS, () => this.#refresh());

  readonly #lookSoon = createThrottle(LOOK_EVERY_MS, () => this.load(0));

  constructor(id: string) {
    super();
    this.id = id;
    void this.load(0);
  }

  /** The newest answer; its events are those of one page only. */
  get answer(): ApiEvents | undefined {
    return this.#answer;
  }
  get row(): ApiRow | undefined {
    return this.#answer?.row;
  }
  get segments(): readonly Segment[] {
    return this.#segments;
  }
  get failure(): string | undefined {
    return this.#failure;
  }
  /** There is no such session. */
  get isUnknown(): boolean {
    return this.#isUnknown;
  }
  get isBusy(): boolean {
    return this.#isBusy;
  }

  has(place: number): boolean {
    return this.#pages.has(Math.floor(place / PAGE_SIZE));
  }

  /** Loads the page that holds this place. */
  load(place: number): Promise<void> {
    return this.#fetch(Math.floor(place / PAGE_SIZE), 1);
  }

  onChange(change: ApiChange | undefined): void {
    if (this.#isUnknown) this.#lookAgain(change?.sessions);
    const n = this.row?.n;
    // Without a row, the first answer is still to come, or could not be had.
    if (n === undefined && (this.#failure === undefined || this.#isUnknown)) return;
    const isOfThis = change?.changed === undefined || change.changed.includes(n ?? -1);
    // Nobody knows of which session new log lines are before they are asked for.
    const hasLogs = change?.logs !== this.#logs;
    this.#logs = change?.logs;
    if (n === undefined || isOfThis || hasLogs) this.#refreshSoon();
  }

  /** It may still come, while files are read or by the network: asked for now and then, where there are more sessions. */
  #lookAgain(sessions: number | undefined): void {
    if (sessions === undefined || sessions === this.#sessions) return;
    this.#sessions = sessions;
    this.#lookSoon();
  }

  async #refresh(): Promise<void> {
    const total = this.#answer?.total ?? 0;
    const wanted = new Set(this.#pages.keys());
    wanted.add(0);
    // Where the end is shown, what comes after it is shown too.
    const last = Math.floor(Math.max(0, total - 1) / PAGE_SIZE);
    if (this.#pages.has(last)) wanted.add(last + 1);
    for (const { first, count } of runsOf(wanted, MOST_PAGES)) await this.#fetch(first, count);
  }

  async #fetch(first: number, count: number): Promise<void> {
    const offset = first * PAGE_SIZE;
    this.#isBusy = true;
    this.changed();
    try {
      const answer = await client.events(this.id, offset, count * PAGE_SIZE);
      for (let page = first; page < first + count; page += 1) this.#pages.delete(page);
      for (const [page, events] of intoPages(offset, answer.events)) this.#pages.set(page, events);
      this.#answer = answer;
      this.#failure = undefined;
      this.#isUnknown = false;
      this.#segments = segmentsOf(this.#pages, answer.total);
    } catch (failure) {
      this.#failure = failureText(failure);
      this.#isUnknown = failure instanceof RequestFailure && failure.status === 404;
    }
    this.#isBusy = false;
    this.changed();
  }
}
