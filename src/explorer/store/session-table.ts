import type { RowTimes } from '../sessions/row.ts';
import type { NumberedRow } from './answers.ts';
import { type Joined, Joins } from './joins.ts';
import type { Pace } from './pace.ts';
import { present } from './present.ts';
import { type KnownRow, makeRow, orderKey, rowAt } from './session-rows.ts';
import { ShortIds } from './short-ids.ts';
import type { IndexedSession, SpanIndex } from './span-index.ts';

/** The rows of all sessions, kept until their spans change. */
export class SessionTable {
  readonly #index: SpanIndex;
  readonly #joins = new Joins();
  readonly #shortIds = new ShortIds();
  /** By number; a part of another row has that row. */
  readonly #rows: (KnownRow | undefined)[] = [];
  #newestFirst: readonly number[] | undefined;
  #size = 0;
  #version = 0;

  constructor(index: SpanIndex) {
    this.#index = index;
  }

  get size(): number {
    return this.#size;
  }

  /** Changes with the rows. */
  get version(): number {
    return this.#version;
  }

  /** Brings the rows of changed sessions up to date; returns their numbers, and those of the ones that are gone. */
  async settle(times: RowTimes, pace: Pace): Promise<number[]> {
    const numbers = new Set<number>();
    const alone: IndexedSession[] = [];
    for (const session of this.#index.changed) {
      this.#index.changed.delete(session);
      numbers.add(session.number);
      this.#noteId(session);
      if (!this.#joins.note(session)) alone.push(session);
    }
    for (const changed of this.#joins.settle()) {
      for (const joined of changed) this.#settleOne(joined, times, numbers);
      if (pace.isOver) await pace.pause();
    }
    for (const session of alone) {
      if (session.chains.size === 0) this.#setRow(session.number, undefined);
      else this.#settleOne({ number: session.number, sessions: [session] }, times, numbers);
      if (pace.isOver) await pace.pause();
    }
    return [...numbers];
  }

  /** `undefined`: there is no such session, or it is a part of another row. */
  get(number: number, times: RowTimes): KnownRow | undefined {
    const known = this.#rowAt(number);
    if (known === undefined) return undefined;
    const current = rowAt(known, times);
    // What only the passing time makes of an open one is not worth keeping.
    if (current.madeAt !== known.madeAt) this.#rows[number] = current;
    return current;
  }

  /** Of a session, or of the one that it is a part of, as it was when it was made: for what no time changes. */
  peek(number: number): KnownRow | undefined {
    return this.#rows[number];
  }

  /** The sessions that are one with a session, itself included. */
  partsOf(session: IndexedSession): Omit<Joined, 'number'> {
    return (
      this.several(this.peek(session.number)?.number ?? session.number) ?? { sessions: [session], stamp: 0 }
    );
  }

  /** The sessions of a row where they are more than one. */
  several(number: number): Joined | undefined {
    return this.#joins.at(number);
  }

  /** Of all sessions, newest start first, those of the same time by their id. */
  newestFirst(): readonly number[] {
    if (this.#newestFirst !== undefined) return this.#newestFirst;
    const numbers: number[] = [];
    for (let number = 0; number < this.#rows.length; number += 1)
      if (this.#rowAt(number) !== undefined) numbers.push(number);
    numbers.sort((a, b) => {
      const one = this.#rows[a]!;
      const other = this.#rows[b]!;
      return orderKey(other) - orderKey(one) || (one.row.id < other.row.id ? -1 : 1);
    });
    this.#newestFirst = numbers;
    return numbers;
  }

  numbered({ number, row }: KnownRow): NumberedRow {
    const { id, startedMs, lastSeenMs, durationMs, calls, errors, status, tools, hasMoreTools } = row;
    const { source, service, clientName, clientVersion, protocolVersion, transport, sender, endReason } = row;
    const { conversationId, protocolSessionIds, hasMoreProtocolSessionIds, seenByClient } = row;
    const { otherIds, parts, processes, hasSessionSpans, requestSize, responseSize, openRequests, key } = row;
    return {
      n: number,
      id,
      shortId: this.#shortIds.of(id),
      ...present({ source, service, clientName, clientVersion, protocolVersion, transport, endReason }),
      ...present({ conversationId, sender, seenByClient, requestSize, responseSize, key }),
      protocolSessionIds,
      hasMoreProtocolSessionIds,
      otherIds,
      parts,
      processes,
      hasSessionSpans,
      startedMs,
      lastSeenMs,
      durationMs,
      calls,
      errors,
      status,
      tools,
      hasMoreTools,
      openRequests,
    };
  }

  #settleOne(joined: Pick<Joined, 'number' | 'sessions'>, times: RowTimes, numbers: Set<number>): void {
    const row = makeRow(this.#index, joined, times);
    numbers.add(joined.number);
    for (const { number } of joined.sessions) {
      // What was a row by itself is none any more.
      if (this.#rowAt(number) !== undefined) numbers.add(number);
      this.#setRow(number, row);
    }
  }

  /** @param row - its own, or that of the session which it is a part of */
  #setRow(number: number, row: KnownRow | undefined): void {
    const before = this.#rowAt(number);
    this.#rows[number] = row;
    const after = this.#rowAt(number);
    this.#version += 1;
    this.#size += Number(after !== undefined) - Number(before !== undefined);
    if (before?.row.startedMs !== after?.row.startedMs || before?.row.id !== after?.row.id)
      this.#newestFirst = undefined;
  }

  /** `undefined` also for a part of another row. */
  #rowAt(number: number): KnownRow | undefined {
    const known = this.#rows[number];
    return known?.number === number ? known : undefined;
  }

  /** Before its row changes, which tells whether it is new. */
  #noteId({ number, id, chains }: IndexedSession): void {
    const wasThere = this.#rows[number] !== undefined;
    if (!wasThere && chains.size > 0) this.#shortIds.add(id);
    if (wasThere && chains.size === 0) this.#shortIds.remove(id);
  }
}
