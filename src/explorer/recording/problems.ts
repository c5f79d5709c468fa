import type { Problem } from './json-lines.ts';

/** Counts what could not be read and remembers the first of it. */
export class ProblemCount {
  #count = 0;
  #first: Problem | undefined = undefined;

  readonly note = (problem: Problem): void => {
    this.#count += 1;
    this.#first ??= problem;
  };

  /** One line for people; `undefined` where all was well. */
  summary(): string | undefined {
    if (this.#first === undefined) return undefined;
    const { path, line, reason } = this.#first;
    const first = `${line === 0 ? path : `${path}:${line}`} ${reason}`;
    return this.#count === 1
      ? `skipped 1 line: ${first}`
      : `skipped ${this.#count} lines, the first: ${first}`;
  }
}
