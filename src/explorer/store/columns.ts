/** No row, no session. */
export const NONE = 0xffffffff;

/** Bits of {@link SpanColumns.flags}. */
export const FLAG = {
  /** A request that a client sent. */
  request: 1,
  /** Answered with an error, as session spans count them. */
  error: 2,
  /** A failure, as all views count them. */
  failed: 4,
  /** A session span. */
  report: 8,
  /** Of a tool, by whatever kind of message; a {@link request} where a client made it. */
  call: 16,
  /** Names the tools that there are. */
  list: 32,
  /** Recorded by an instrumented client; with it, none of what counts what servers received. */
  client: 64,
  /** A request that only its client recorded. */
  sent: 128,
} as const;

type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** What is kept of one span; names are numbers of an {@link Interner}. */
export interface SpanEntry {
  startMs: number;
  endMs: number;
  /** Number of its session, or {@link NONE}. */
  session: number;
  /** The next row of the same session, or {@link NONE}. */
  next: number;
  origin: number;
  method: number;
  tool: number;
  /** Number of an error: see `ErrorTable`. */
  error: number;
  /** What its ids begin with: see `idHeads`. */
  heads: number;
  /** The resource or prompt that was asked for. */
  target: number;
  /** What a `tools/list` answered. */
  toolList: number;
  flags: number;
  /** Bytes of the messages; 0: not known. */
  requestSize: number;
  responseSize: number;
  /** Where it stands in its line; with a length of 0, which of the line's spans it is. */
  place: number;
  length: number;
  /** `traceHash` and `spanKey` of its ids. */
  trace: number;
  span: number;
  /** `spanKey` of its parent's id; 0: it has none. */
  parent: number;
}

/** The lines of one file. */
export class LineColumns {
  lineCount = 0;
  /** Offset of each line's first byte in the file. */
  lineStart = new Float64Array(0);
  lineLength = new Uint32Array(0);

  addLine(start: number, length: number): void {
    const at = this.lineCount;
    if (at === this.lineStart.length) {
      const capacity = grownCapacity(at);
      this.lineStart = resized(this.lineStart, capacity);
      this.lineLength = resized(this.lineLength, capacity);
    }
    this.lineStart[at] = start;
    this.lineLength[at] = length;
    this.lineCount = at + 1;
  }
}

/** The spans of one file as columns of numbers, some 72 bytes a span: a file that vanishes takes its columns along. */
export class SpanColumns extends LineColumns {
  count = 0;
  start = new Float64Array(0);
  end = new Float64Array(0);
  session = new Uint32Array(0);
  next = new Uint32Array(0);
  span = new Uint32Array(0);
  parent = new Uint32Array(0);
  origin = new Uint32Array(0);
  method = new Uint16Array(0);
  tool = new Uint16Array(0);
  error = new Uint16Array(0);
  heads = new Uint32Array(0);
  target = new Uint16Array(0);
  toolList = new Uint16Array(0);
  flags = new Uint8Array(0);
  requestSize = new Uint32Array(0);
  responseSize = new Uint32Array(0);
  line = new Uint32Array(0);
  place = new Uint32Array(0);
  length = new Uint32Array(0);
  trace = new Uint32Array(0);

  /** Of all its spans. */
  firstMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;

  /** Adds a span of the newest line; returns its row. */
  add(entry: SpanEntry): number {
    const row = this.count;
    if (row === this.start.length) this.#resize(grownCapacity(row));
    this.start[row] = entry.startMs;
    this.end[row] = entry.endMs;
    this.session[row] = entry.session;
    this.next[row] = entry.next;
    this.span[row] = entry.span;
    this.parent[row] = entry.parent;
    this.origin[row] = entry.origin;
    this.method[row] = entry.method;
    this.tool[row] = entry.tool;
    this.error[row] = entry.error;
    this.heads[row] = entry.heads;
    this.target[row] = entry.target;
    this.toolList[row] = entry.toolList;
    this.flags[row] = entry.flags;
    this.requestSize[row] = entry.requestSize;
    this.responseSize[row] = entry.responseSize;
    this.line[row] = this.lineCount - 1;
    this.place[row] = entry.place;
    this.length[row] = entry.length;
    this.trace[row] = entry.trace;
    if (entry.startMs < this.firstMs) this.firstMs = entry.startMs;
    if (entry.endMs > this.lastMs) this.lastMs = entry.endMs;
    this.count = row + 1;
    return row;
  }

  /** Gives back what growth reserved. */
  trim(): void {
    if (this.start.length > this.count) this.#resize(this.count);
  }

  #resize(capacity: number): void {
    this.start = resized(this.start, capacity);
    this.end = resized(this.end, capacity);
    this.session = resized(this.session, capacity);
    this.next = resized(this.next, capacity);
    this.span = resized(this.span, capacity);
    this.parent = resized(this.parent, capacity);
    this.origin = resized(this.origin, capacity);
    this.method = resized(this.method, capacity);
    this.tool = resized(this.tool, capacity);
    this.error = resized(this.error, capacity);
    this.heads = resized(this.heads, capacity);
    this.target = resized(this.target, capacity);
    this.toolList = resized(this.toolList, capacity);
    this.flags = resized(this.flags, capacity);
    this.requestSize = resized(this.requestSize, capacity);
    this.responseSize = resized(this.responseSize, capacity);
    this.line = resized(this.line, capacity);
    this.place = resized(this.place, capacity);
    this.length = resized(this.length, capacity);
    this.trace = resized(this.trace, capacity);
  }
}

/** Of a column that is full. */
export function grownCapacity(count: number): number {
  return Math.max(64, Math.ceil(count * 1.5));
}

/** A copy with so many places. */
export function resized<T extends Column>(column: T, capacity: number): T {
  const grown = new (column.constructor as new (length: number) => T)(capacity);
  grown.set(column.length > capacity ? (column.subarray(0, capacity) as T) : column);
  return grown;
}
