import type { CliIo } from '../io.ts';
import { itemsOf, number, type Tally } from './tally.ts';

/** Tells on stderr how far a replay is: on a terminal in one line that is drawn again, elsewhere in lines now and then. */
export class Progress {
  readonly #io: Pick<CliIo, 'stderr' | 'isStderrTTY' | 'now'>;
  readonly #total: number;
  readonly #every: number;
  #last: number;
  #isDrawn = false;

  /** @param total - bytes to go through */
  constructor(io: Pick<CliIo, 'stderr' | 'isStderrTTY' | 'now'>, total: number) {
    this.#io = io;
    this.#total = total;
    this.#every = io.isStderrTTY ? 100 : 5_000;
    this.#last = io.now();
  }

  /** @param done - bytes gone through */
  show(done: number, tally: Tally): void {
    const now = this.#io.now();
    if (now - this.#last < this.#every) return;
    this.#last = now;
    const percent = this.#total === 0 ? 100 : Math.min(100, Math.floor((done / this.#total) * 100));
    const counts = [number(tally.lines, 'line'), ...itemsOf(tally)].join(', ');
    const text = `${percent} %: ${counts} in ${number(tally.requests, 'request')}`;
    this.#draw(text);
  }

  /** A message that stays. */
  say(text: string): void {
    this.clear();
    this.#io.stderr.write(`mcp-sessionscope: ${text}\n`);
  }

  clear(): void {
    if (this.#isDrawn) this.#io.stderr.write('\r\u001b[K');
    this.#isDrawn = false;
  }

  #draw(text: string): void {
    if (!this.#io.isStderrTTY) {
      this.#io.stderr.write(`mcp-sessionscope: ${text}\n`);
      return;
    }
    this.#io.stderr.write(`\r${text}\u001b[K`);
    this.#isDrawn = true;
  }
}
