import { spanKey } from '../recording/key-set.ts';
import { logFactsOf } from '../recording/log-records.ts';
import { type Json, objectOf, objectsOf, serviceOf } from '../recording/otlp.ts';
import { NONE } from './columns.ts';
import { Interner } from './interner.ts';
import { LogColumns, type LogEntry } from './log-columns.ts';
import type { IndexedFile, IndexedLine } from './span-index.ts';
import { findPlacesByBrackets } from './span-places.ts';
import { TraceTable, traceKey } from './trace-table.ts';

/** The log records of one file. */
export interface LogFile {
  readonly path: string;
  readonly columns: LogColumns;
}

/** Where a log record is in the index. */
export interface LogPlace {
  readonly file: LogFile;
  readonly row: number;
}

/** Log records that belong to a trace: in columns of numbers, to be found by the trace. The others are not looked at. */
export class LogIndex {
  /** Of services and loggers. */
  readonly names = new Interner({ texts: 20_000, length: 256, total: 2e6 });
  readonly #traces = new TraceTable();
  /** By the number that the file has as an owner of spans. */
  readonly #files = new Map<number, LogFile>();
  readonly #places: number[] = [];
  readonly #entry: LogEntry = {
    timeMs: 0,
    span: 0,
    next: NONE,
    service: 0,
    logger: 0,
    severity: 0,
    place: 0,
    length: 0,
  };

  get count(): number {
    let count = 0;
    for (const { columns } of this.#files.values()) count += columns.count;
    return count;
  }

  /** Adds what a line of a file holds; nothing where that is something else than logs. */
  addLine(file: IndexedFile, { start, bytes }: IndexedLine, exported: object): void {
    const resources = objectsOf((exported as Json)['resourceLogs']);
    if (resources.length === 0) return;
    const scopes = resources.flatMap((resource) => {
      const service = this.names.numberOf(serviceOf(resource['resource']).serviceName);
      return objectsOf(resource['scopeLogs']).map((scope) => ({ service, scope }));
    });
    const total = scopes.reduce((sum, { scope }) => sum + objectsOf(scope['logRecords']).length, 0);
    if (total === 0) return;
    const { columns } = this.#fileOf(file);
    columns.addLine(start, bytes.length);
    const isPlaced = findPlacesByBrackets(bytes, this.#places) === total;
    let nth = -1;
    for (const { service, scope } of scopes) {
      this.#entry.service = service;
      this.#entry.logger = this.names.numberOf(nameOf(scope));
      for (const record of objectsOf(scope['logRecords'])) {
        nth += 1;
        this.#entry.place = isPlaced ? this.#places[nth * 2]! : nth;
        this.#entry.length = isPlaced ? this.#places[nth * 2 + 1]! - this.#entry.place : 0;
        this.#add(file.owner, columns, record);
      }
    }
  }

  /** Gives back what reading a whole file reserved. */
  trim({ owner }: IndexedFile): void {
    this.#files.get(owner)?.columns.trim();
  }

  dropFile({ owner }: IndexedFile): void {
    if (this.#files.delete(owner)) this.#traces.removeOwner(owner);
  }

  has(trace: number): boolean {
    return this.#files.size > 0 && this.#traces.has(trace);
  }

  /** The records of a trace, in no order: those that are there now, however slowly one goes through them. */
  *ofTrace(trace: number): Generator<LogPlace> {
    const chains = [...this.#traces.chains(trace)];
    for (const { file, head } of chains.map(({ owner, head }) => ({ file: this.#files.get(owner)!, head }))) {
      for (let row = head; row !== NONE; row = file.columns.next[row]!) yield { file, row };
    }
  }

  #add(owner: number, columns: LogColumns, record: Json): void {
    const facts = logFactsOf(record);
    if (facts === undefined) return;
    const entry = this.#entry;
    entry.timeMs = facts.timeMs;
    entry.span = spanKey(facts.spanId);
    entry.severity = facts.severityNumber;
    entry.next = this.#traces.put(traceKey(facts.traceId), owner, columns.count);
    columns.add(entry);
  }

  #fileOf({ owner, path }: IndexedFile): LogFile {
    const known = this.#files.get(owner);
    if (known !== undefined) return known;
    const file = { path, columns: new LogColumns() };
    this.#files.set(owner, file);
    return file;
  }
}

function nameOf(scopeLogs: Json): string | undefined {
  const { name } = objectOf(scopeLogs['scope']);
  return typeof name === 'string' && name !== '' ? name : undefined;
}
