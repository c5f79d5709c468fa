import type { ApiChange, ApiEvent, ApiEventSearch, ApiEvents, ApiRow } from '../../server/api.ts';
import { client } from '../data/api-client.ts';
import { Pages } from '../data/pages.ts';
import { createThrottle } from '../data/throttle.ts';

const REFRESH_EVERY_MS = 700;
const LOOK_EVERY_MS = 3_000;

/** The events of an open session: pages as they are asked for, and kept up to date. */
export class SessionEvents extends Pages<ApiEvent, ApiEvents> {
  readonly id: string;
  #search: ApiEventSearch = {};
  /** Log lines of the whole recording. */
  #logs: number | undefined;
  /** How many there were when it was last looked for in vain. */
  #sessions: number | undefined;
  readonly #refreshSoon = createThrottle(REFRESH_EVERY_MS, () => this.refresh());

  readonly #lookSoon = createThrottle(LOOK_EVERY_MS, () => this.load(0));

  constructor(id: string) {
    super();
    this.id = id;
    void this.load(0);
  }

  get row(): ApiRow | undefined {
    return this.answer?.row;
  }

  /** From now on answers tell where that is. */
  lookFor(search: ApiEventSearch): void {
    if (JSON.stringify(search) === JSON.stringify(this.#search)) return;
    this.#search = search;
    void this.load(0);
  }

  onChange(change: ApiChange | undefined): void {
    if (this.isUnknown) this.#lookAgain(change?.sessions);
    const n = this.row?.n;
    // Without a row, the first answer is still to come, or could not be had.
    if (n === undefined && (this.failure === undefined || this.isUnknown)) return;
    const isOfThis = change?.changed === undefined || change.changed.includes(n ?? -1);
    // Nobody knows of which session new log lines are before they are asked for.
    const hasLogs = change?.logs !== this.#logs;
    this.#logs = change?.logs;
    if (n === undefined || isOfThis || hasLogs) this.#refreshSoon();
  }

  protected async ask(offset: number, limit: number) {
    const answer = await client.events(this.id, offset, limit, this.#search);
    return { answer, items: answer.events };
  }

  /** It may still come, while files are read or by the network: asked for now and then, where there are more sessions. */
  #lookAgain(sessions: number | undefined): void {
    if (sessions === undefined || sessions === this.#sessions) return;
    this.#sessions = sessions;
    this.#lookSoon();
  }
}
