import type { OwnMessage } from '../recording/foreign/doubles.ts';
import { type ForeignSession, ForeignSessions } from '../recording/foreign/sessions.ts';
import type { ForeignSpan } from '../recording/foreign/types.ts';
import { spanNumber } from '../recording/key-set.ts';
import { boundedId } from './bounds.ts';
import { FLAG, type SpanEntry } from './columns.ts';
import { ForeignColumns } from './foreign-columns.ts';
import type { IndexedFile, RowHost } from './indexed.ts';
import { ABSENT } from './interner.ts';
import { Pace } from './pace.ts';
import { type Move, moveRows } from './row-moves.ts';
import type { SpanFacts } from './span-facts.ts';

/** A message that another instrumentation recorded, and where it is in the index: made for a settling, and not kept. */
interface ForeignRow extends ForeignSpan {
  readonly file: IndexedFile;
  readonly row: number;
  /** Those of its columns, where it is the one that counts. */
  readonly flags: number;
}

/** A row, and the session that it is found to be of. */
type Found = readonly [ForeignRow, ForeignSession | undefined];

/** What is no message that a server recorded. */
const NO_MESSAGE = FLAG.report | FLAG.client;
/** While files are read, sessions are told anew when so many times as many messages are there. */
const GROWTH = 4;
/** What took so long is not done again before so many times as long have passed. */
const [LONG_MS, PAUSES] = [200, 10];

/**
 * The messages that other instrumentations recorded. Their sessions are what they say together, so a row gets its session,
 * and counts, when they are settled; then it may also change it.
 */
export class ForeignRows {
  readonly #index: RowHost;
  readonly #sessions = new ForeignSessions();
  #count = 0;
  #settled = 0;
  #notBefore = 0;

  constructor(index: RowHost) {
    this.#index = index;
  }

  get isEmpty(): boolean {
    return this.#sessions.isEmpty;
  }

  /** Of how many messages this package recorded too, by who else did. */
  doubles(): Map<string, number> {
    return this.#sessions.doubles();
  }

  /** @param entry - its origin is told here */
  add(file: IndexedFile, facts: SpanFacts, span: ForeignSpan, entry: SpanEntry): void {
    file.foreign ??= new ForeignColumns();
    const { foreign } = file;
    const { flags } = entry;
    const caller = foreign.callerOf(span);
    const known = foreign.callers[caller]!;
    known.origin = this.#index.origins.numberOf(facts, known.origin);
    entry.origin = known.origin;
    entry.flags = 0;
    const row = file.columns.add(entry);
    if ((flags & FLAG.failed) !== 0) file.failedIds.set(row, facts.spanId);
    foreign.add({ span, row, caller, tool: this.#index.tools.numberOf(span.tool), flags });
    this.#sessions.add(span.service);
    this.#count += 1;
  }

  /** This package recorded something of the service. */
  touch(service: string | undefined): void {
    this.#sessions.touch(service);
  }

  /** A file is gone, with what this package recorded, too. */
  dropFile(): void {
    this.#sessions.touchAll();
  }

  /** Where that takes long, what is new waits for a later call: see {@link LONG_MS}. Returns whether anything has changed. */
  async settle(isReading: boolean): Promise<boolean> {
    if (this.isEmpty || (isReading && this.#count < this.#settled * GROWTH)) return false;
    const startedAt = performance.now();
    if (startedAt < this.#notBefore) return false;
    this.#settled = this.#count;
    const steps = this.#sessions.settle(
      (services) => this.#rowsOf(services),
      (service) => this.#ownOf(service),
    );
    const pace = new Pace();
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) if (pace.isOver) await pace.pause();
    const changed = [...step.value].filter((found) => this.#isChanged(found));
    moveRows(this.#index, changed.map(moveOf));
    const tookMs = performance.now() - startedAt;
    // When all has been read for the first time, nothing may be missing.
    if (!isReading && tookMs > LONG_MS) this.#notBefore = startedAt + tookMs * PAUSES;
    return changed.length > 0;
  }

  #isChanged([{ file, row }, session]: Found): boolean {
    const before = this.#index.sessions[file.columns.session[row]!];
    if (before === undefined || session === undefined) return before !== session;
    return before.source !== session.source || before.id !== boundedId(session.id);
  }

  *#rowsOf(services: ReadonlySet<string>): Generator<ForeignRow> {
    for (const file of this.#index.files.values()) {
      const { foreign } = file;
      for (let at = 0; foreign !== undefined && at < foreign.count; at += 1) {
        const { service } = foreign.callers[foreign.caller[at]!]!;
        if (services.has(service ?? '')) yield this.#rowAt(file, foreign, at);
      }
    }
  }

  #rowAt(file: IndexedFile, foreign: ForeignColumns, at: number): ForeignRow {
    const { methods, tools } = this.#index;
    const { columns } = file;
    const row = foreign.row[at]!;
    const caller = foreign.callers[foreign.caller[at]!]!;
    const { service, process, sender, protocolId, conversationId, clientName, protocolVersion, transport } =
      caller;
    const tool = foreign.tool[at]!;
    const { isReceived, half } = foreign.kindAt(at);
    return {
      file,
      row,
      flags: foreign.flags[at]!,
      trace: columns.trace[row]!,
      span: columns.span[row]!,
      parent: foreign.parent[at]!,
      service,
      process,
      sender,
      method: methods.textOf(columns.method[row]!),
      tool: tool === ABSENT ? undefined : tools.textOf(tool),
      isReceived,
      half,
      protocolId,
      conversationId,
      clientName,
      protocolVersion,
      transport,
      startMs: columns.start[row]!,
      endMs: columns.end[row]!,
    };
  }

  *#ownOf(service: string): Generator<OwnMessage> {
    const { files, methods, tools, origins } = this.#index;
    const isOwn = origins.serviceNumbers.map((_, number) => {
      const origin = origins.get(number);
      return origin.sender === undefined && (origin.service ?? '') === service;
    });
    if (!isOwn.includes(true)) return;
    for (const { columns } of files.values()) {
      for (let row = 0; row < columns.count; row += 1) {
        if (isOwn[columns.origin[row]!] !== true) continue;
        if (columns.method[row] === ABSENT || (columns.flags[row]! & NO_MESSAGE) !== 0) continue;
        const tool = columns.tool[row]!;
        yield {
          method: methods.textOf(columns.method[row]!),
          tool: tool === ABSENT ? undefined : tools.textOf(tool),
          process: origins.get(columns.origin[row]!).instance,
          span: spanNumber(columns.trace[row]!, columns.span[row]!),
          startMs: columns.start[row]!,
          endMs: columns.end[row]!,
        };
      }
    }
  }
}

function moveOf([{ file, row, flags, conversationId }, found]: Found): Move {
  const said = { conversation: conversationId, protocol: undefined };
  if (found === undefined) return { file, row, flags: 0, to: undefined, said };
  return { file, row, flags, to: { id: boundedId(found.id), source: found.source }, said };
}
