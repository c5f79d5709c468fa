import { grownCapacity, LineColumns, resized } from './columns.ts';

/** What is kept of one log record; names are numbers of an interner. */
export interface LogEntry {
  timeMs: number;
  span: number;
  /** The next row of the same trace, or `NONE`. */
  next: number;
  service: number;
  logger: number;
  severity: number;
  /** Where it stands in its line; with a length of 0, which of the line's records it is. */
  place: number;
  length: number;
}

/** The log records of one file that belong to traces, as columns of numbers: some 35 bytes a record. */
export class LogColumns extends LineColumns {
  count = 0;
  time = new Float64Array(0);
  span = new Uint32Array(0);
  next = new Uint32Array(0);
  service = new Uint16Array(0);
  logger = new Uint16Array(0);
  severity = new Uint8Array(0);
  line = new Uint32Array(0);
  place = new Uint32Array(0);
  length = new Uint32Array(0);

  /** Adds a record of the newest line; returns its row. */
  add(entry: LogEntry): number {
    const row = this.count;
    if (row === this.time.length) this.#resize(grownCapacity(row));
    this.time[row] = entry.timeMs;
    this.span[row] = entry.span;
    this.next[row] = entry.next;
    this.service[row] = entry.service;
    this.logger[row] = entry.logger;
    this.severity[row] = entry.severity;
    this.line[row] = this.lineCount - 1;
    this.place[row] = entry.place;
    this.length[row] = entry.length;
    this.count = row + 1;
    return row;
  }

  /** Gives back what growth reserved. */
  trim(): void {
    if (this.time.length > this.count) this.#resize(this.count);
  }

  #resize(capacity: number): void {
    this.time = resized(this.time, capacity);
    this.span = resized(this.span, capacity);
    this.next = resized(this.next, capacity);
    this.service = resized(this.service, capacity);
    this.logger = resized(this.logger, capacity);
    this.severity = resized(this.severity, capacity);
    this.line = resized(this.line, capacity);
    this.place = resized(this.place, capacity);
    this.length = resized(this.length, capacity);
  }
}
