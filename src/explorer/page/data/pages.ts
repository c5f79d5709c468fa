import { failureText, RequestFailure } from './api-client.ts';
import { Observable } from './observable.ts';
import { intoPages, PAGE_SIZE, runsOf, type Segment, segmentsOf } from './segments.ts';

/** Pages in one request: the server answers 1,000 items at most. */
const MOST_PAGES = 5;

/** A long list, of which pages are here as they are asked for. */
export abstract class Pages<T, Answer extends { readonly total: number }> extends Observable {
  #answer: Answer | undefined;
  #failure: string | undefined;
  #isUnknown = false;
  #isAmbiguous = false;
  #isBusy = false;
  #isWhole = false;
  #segments: readonly Segment<T>[] = [];
  readonly #pages = new Map<number, readonly T[]>();
  /** Pages that are shown until they come anew. */
  #stale: ReadonlySet<number> = new Set();

  /** The newest answer; its items are those of one page only. */
  get answer(): Answer | undefined {
    return this.#answer;
  }
  get segments(): readonly Segment<T>[] {
    return this.#segments;
  }
  get failure(): string | undefined {
    return this.#failure;
  }
  /** There is no such thing. */
  get isUnknown(): boolean {
    return this.#isUnknown;
  }
  /** What it was asked for by is said of several. */
  get isAmbiguous(): boolean {
    return this.#isAmbiguous;
  }
  get isBusy(): boolean {
    return this.#isBusy;
  }
  /** All of it is to be seen: pages are loaded as they come into view. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  has(place: number): boolean {
    return this.#pages.has(pageOf(place));
  }

  /** Loads the page that holds this place. */
  load(place: number): Promise<void> {
    return this.#fetch(pageOf(place), 1);
  }

  showWhole(): void {
    this.#isWhole = true;
    this.changed();
  }

  /** These places are in view. */
  want(places: readonly number[]): void {
    if (!this.#isWhole || this.#isBusy || this.#failure !== undefined) return;
    const missing = places.map(pageOf).find((page) => !this.#pages.has(page) || this.#stale.has(page));
    if (missing !== undefined) void this.#fetch(missing, 1);
  }

  protected abstract ask(offset: number, limit: number): Promise<{ answer: Answer; items: readonly T[] }>;

  protected async refresh(): Promise<void> {
    if (this.#isWhole) {
      this.#stale = new Set(this.#pages.keys());
      return this.#fetch(0, 1);
    }
    const total = this.#answer?.total ?? 0;
    const wanted = new Set(this.#pages.keys());
    wanted.add(0);
    // Where the end is shown, what comes after it is shown too.
    const last = pageOf(Math.max(0, total - 1));
    if (this.#pages.has(last)) wanted.add(last + 1);
    for (const { first, count } of runsOf(wanted, MOST_PAGES)) await this.#fetch(first, count);
  }

  async #fetch(first: number, count: number): Promise<void> {
    const offset = first * PAGE_SIZE;
    this.#isBusy = true;
    this.changed();
    try {
      const { answer, items } = await this.ask(offset, count * PAGE_SIZE);
      const stale = new Set(this.#stale);
      for (let page = first; page < first + count; page += 1) {
        this.#pages.delete(page);
        stale.delete(page);
      }
      for (const [page, ofPage] of intoPages(offset, items)) this.#pages.set(page, ofPage);
      this.#stale = stale;
      this.#answer = answer;
      this.#failure = undefined;
      this.#isUnknown = false;
      this.#isAmbiguous = false;
      this.#segments = segmentsOf(this.#pages, answer.total);
    } catch (failure) {
      this.#failure = failureText(failure);
      const status = failure instanceof RequestFailure ? failure.status : 0;
      this.#isUnknown = status === 404;
      this.#isAmbiguous = status === 409;
    }
    this.#isBusy = false;
    this.changed();
  }
}

function pageOf(place: number): number {
  return Math.floor(place / PAGE_SIZE);
}
