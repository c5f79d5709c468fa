import type { RowTimes } from '../sessions/row.ts';
import type { NumberedRow } from './answers.ts';
import type { Pace } from './pace.ts';
import { present } from './present.ts';
import { type KnownRow, makeRow, orderKey, rowAt } from './session-rows.ts';
import { ShortIds } from './short-ids.ts';
import type { IndexedSession, SpanIndex } from './span-index.ts';

/** The rows of all sessions, kept until their spans change. */
export class SessionTable {
  readonly #index: SpanIndex;
  readonly #shortIds = new ShortIds();
  /** By number. */
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

  /** Brings the rows of changed sessions up to date; returns their numbers. */
  async settle(times: RowTimes, pace: Pace): Promise<number[]> {
    const numbers: number[] = [];
    for (const session of this.#index.changed) {
      this.#index.changed.delete(session);
      this.#settleOne(session, times);
      numbers.push(session.number);
      if (pace.isOver) await pace.pause();
    }
    return numbers;
  }

  /** `undefined`: there is no such session. */
  get(number: number, times: RowTimes): KnownRow | undefined {
    const known = this.#rows[number];
    if (known === undefined) return undefined;
    const current = rowAt(known, times);
    // What only the passing time makes of an open one is not worth keeping.
    if (current.madeAt !== known.madeAt) this.#rows[number] = current;
    return current;
  }

  /** As it was when it was made: for what no time changes. */
  peek(number: number): KnownRow | undefined {
    return this.#rows[number];
  }

  /** Of all sessions, newest start first, those of the same time by their id. */
  newestFirst(): readonly number[] {
    if (this.#newestFirst !== undefined) return this.#newestFirst;
    const numbers: number[] = [];
    for (let number = 0; number < this.#rows.length; number += 1)
      if (this.#rows[number] !== undefined) numbers.push(number);
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
    const { requestSize, responseSize } = row;
    const { source, service, clientName, clientVersion, protocolVersion, transport, endReason } = row;
    return {
      n: number,
      id,
      shortId: this.#shortIds.of(id),
      ...present({
        source,
        service,
        clientName,
        clientVersion,
        protocolVersion,
        transport,
        endReason,
        requestSize,
        responseSize,
      }),
      startedMs,
      lastSeenMs,
      durationMs,
      calls,
      errors,
      status,
      tools,
      hasMoreTools,
    };
  }

  #settleOne(session: IndexedSession, times: RowTimes): void {
    const { number } = session;
    const before = this.#rows[number];
    this.#version += 1;
    if (session.chains.size === 0) {
      if (before === undefined) return;
      this.#rows[number] = undefined;
      this.#shortIds.remove(session.id);
      this.#size -= 1;
      this.#newestFirst = undefined;
      return;
    }
    const made = makeRow(this.#index, session, times);
    this.#rows[number] = made;
    if (before === undefined) {
      this.#shortIds.add(session.id);
      this.#size += 1;
    }
    if (before?.row.startedMs !== made.row.startedMs) this.#newestFirst = undefined;
  }
}
