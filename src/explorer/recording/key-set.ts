const EMPTY = 0;
const REMOVED = 0xffff;
/** Owners are numbers from 1 to this. */
export const MAX_OWNER = REMOVED - 1;

/**
 * The keys of all spans, hashed to 64 bits, with the file that each is in: some 20 bytes a span. Two different keys of
 * a million share a hash once in thirty million recordings.
 */
export class KeySet {
  #mask = 1023;
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  #owners = new Uint16Array(1024);
  /** Slots that are not empty. */
  #used = 0;

  /** Returns 0 where the span is new, and added; else who has it. */
  add(traceId: string, spanId: string, owner: number): number {
    return this.addKnown(spanId, traceHash(traceId), spanKey(spanId), owner);
  }

  /**
   * The same where the numbers of trace and span are known.
   *
   * @param trace - {@link traceHash} of its trace
   * @param span - its {@link spanKey}
   */
  addKnown(spanId: string, trace: number, span: number, owner: number): number {
    const high = hash(spanId, trace);
    // The same span id in another trace has another place, too.
    const low = (span + Math.imul(trace, 0x9e3779b1)) >>> 0;
    let free = -1;
    let at = low & this.#mask;
    for (;;) {
      const owned = this.#owners[at]!;
      if (owned === EMPTY) break;
      if (owned === REMOVED) free = free === -1 ? at : free;
      else if (this.#low[at] === low && this.#high[at] === high) return owned;
      at = (at + 1) & this.#mask;
    }
    if (free === -1) this.#used += 1;
    this.#put(free === -1 ? at : free, high, low, owner);
    if (this.#used > this.#mask * 0.7) this.#rebuild();
    return 0;
  }

  removeOwner(owner: number): void {
    const owners = this.#owners;
    for (let i = 0; i < owners.length; i += 1) if (owners[i] === owner) owners[i] = REMOVED;
  }

  #put(at: number, high: number, low: number, owner: number): void {
    this.#high[at] = high;
    this.#low[at] = low;
    this.#owners[at] = owner;
  }

  #rebuild(): void {
    const [high, low, owners] = [this.#high, this.#low, this.#owners];
    let kept = 0;
    for (const owner of owners) if (owner !== EMPTY && owner !== REMOVED) kept += 1;
    let size = 1024;
    while (size * 0.4 < kept) size *= 2;
    this.#mask = size - 1;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#owners = new Uint16Array(size);
    this.#used = kept;
    for (let i = 0; i < owners.length; i += 1) {
      const owner = owners[i]!;
      if (owner === EMPTY || owner === REMOVED) continue;
      let at = low[i]! & this.#mask;
      while (this.#owners[at] !== EMPTY) at = (at + 1) & this.#mask;
      this.#put(at, high[i]!, low[i]!, owner);
    }
  }
}

/** A trace by a number of 32 bits: what it finds is to be told apart by more. */
export function traceHash(traceId: string): number {
  return hash(traceId, 0x85ebca6b);
}

/** A span by a number of 32 bits, which tells it from the others of its trace. */
export function spanKey(spanId: string): number {
  return hash(spanId, 0x9e3779b9);
}

/** The same of all traces, from the numbers of its trace and of itself. */
export function spanNumber(trace: number, span: number): number {
  return (trace ^ span) >>> 0;
}

/** Two numbers of 32 bits as one of 53: two different pairs of a million share one once in ten thousand recordings. */
export function wideNumber(high: number, low: number): number {
  return (high & 0x1f_ffff) * 2 ** 32 + low;
}

/** FNV-1a, mixed at the end. */
export function hash(text: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mixed(h);
}

/** So that each bit of a hash depends on all that went into it. */
export function mixed(hashed: number): number {
  let h = hashed ^ (hashed >>> 16);
  h = Math.imul(h, 0x7feb352d);
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
