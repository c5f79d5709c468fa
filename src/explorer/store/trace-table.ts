import { hash, traceHash, wideNumber } from '../recording/key-set.ts';
import { NONE } from './columns.ts';

const EMPTY = 0;
const REMOVED = 0xffff;

/** A trace by a number of 53 bits. */
export function traceKey(traceId: string): number {
  return wideNumber(hash(traceId, 0x9e3779b9), traceHash(traceId));
}

/** Where the log records of a trace are: in each file that has some, a chain of rows. Some 20 bytes a trace and file. */
export class TraceTable {
  #mask = 1023;
  #traces = new Float64Array(1024);
  #owners = new Uint16Array(1024);
  #heads = new Uint32Array(1024);
  /** Slots that are not empty. */
  #used = 0;

  /** Notes the newest row of a trace in a file; returns the one before, or {@link NONE}. */
  put(trace: number, owner: number, row: number): number {
    let at = this.#slotOf(trace);
    for (; this.#owners[at] !== EMPTY; at = (at + 1) & this.#mask) {
      if (this.#owners[at] !== owner || this.#traces[at] !== trace) continue;
      const before = this.#heads[at]!;
      this.#heads[at] = row;
      return before;
    }
    this.#set(at, trace, owner, row);
    this.#used += 1;
    if (this.#used > this.#mask * 0.7) this.#rebuild();
    return NONE;
  }

  has(trace: number): boolean {
    return !this.chains(trace).next().done;
  }

  /** The newest row of a trace in each file that has it. */
  *chains(trace: number): Generator<{ owner: number; head: number }> {
    for (let at = this.#slotOf(trace); this.#owners[at] !== EMPTY; at = (at + 1) & this.#mask) {
      const owner = this.#owners[at]!;
      if (owner !== REMOVED && this.#traces[at] === trace) yield { owner, head: this.#heads[at]! };
    }
  }

  removeOwner(owner: number): void {
    const owners = this.#owners;
    for (let i = 0; i < owners.length; i += 1) if (owners[i] === owner) owners[i] = REMOVED;
  }

  #slotOf(trace: number): number {
    return (trace >>> 0) & this.#mask;
  }

  #set(at: number, trace: number, owner: number, head: number): void {
    this.#traces[at] = trace;
    this.#owners[at] = owner;
    this.#heads[at] = head;
  }

  #rebuild(): void {
    const [traces, owners, heads] = [this.#traces, this.#owners, this.#heads];
    let kept = 0;
    for (const owner of owners) if (owner !== EMPTY && owner !== REMOVED) kept += 1;
    let size = 1024;
    while (size * 0.4 < kept) size *= 2;
    this.#mask = size - 1;
    this.#traces = new Float64Array(size);
    this.#owners = new Uint16Array(size);
    this.#heads = new Uint32Array(size);
    this.#used = kept;
    for (let i = 0; i < owners.length; i += 1) {
      if (owners[i] === EMPTY || owners[i] === REMOVED) continue;
      let at = this.#slotOf(traces[i]!);
      while (this.#owners[at] !== EMPTY) at = (at + 1) & this.#mask;
      this.#set(at, traces[i]!, owners[i]!, heads[i]!);
    }
  }
}
