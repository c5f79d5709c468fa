import { type JoinablePart, joinableOf, joinParts } from '../sessions/joining.ts';
import { sameItems } from './same-items.ts';
import type { IndexedSession } from './span-index.ts';

/** The sessions of the index that are one session, its first part first. */
export interface Joined {
  /** Of its row: the least of its sessions, so that a row stays in its place when more of it becomes known. */
  readonly number: number;
  readonly sessions: readonly IndexedSession[];
  /** Changes with the sessions that it is made of. */
  readonly stamp: number;
}

interface Part extends JoinablePart {
  readonly session: IndexedSession;
}

/** Sessions of one service and key. */
interface Bucket {
  readonly key: string;
  readonly parts: Map<IndexedSession, Part>;
  joined: ReadonlyMap<number, Joined>;
}

/** Puts sessions together that are one: see `joinParts`. Those without a key, which nearly all are, cost a look. */
export class Joins {
  readonly #buckets = new Map<string, Bucket>();
  readonly #bucketOf = new Map<IndexedSession, Bucket>();
  /** What has changed since the last {@link settle}. */
  readonly #changed = new Set<IndexedSession>();
  readonly #dirty = new Set<Bucket>();
  /** By the numbers of their rows; only of more than one session. */
  readonly #several = new Map<number, Joined>();
  #stamps = 0;

  /** Takes note of a session that has changed or vanished. False: its row is its own, or gone. */
  note(session: IndexedSession): boolean {
    const part = session.chains.size === 0 ? undefined : joinableOf(session.id, session.parts.all);
    const bucket = part === undefined ? undefined : this.#bucket(part);
    const before = this.#bucketOf.get(session);
    if (before !== undefined && before !== bucket) this.#remove(session, before);
    if (part === undefined || bucket === undefined) return false;
    bucket.parts.set(session, { ...part, session });
    this.#bucketOf.set(session, bucket);
    this.#changed.add(session);
    this.#dirty.add(bucket);
    return true;
  }

  /** Those that have changed, key by key. */
  *settle(): Generator<readonly Joined[]> {
    for (const bucket of this.#dirty) {
      this.#dirty.delete(bucket);
      yield this.#settleBucket(bucket);
    }
    this.#changed.clear();
  }

  /** The sessions of a row; `undefined`: it is one. */
  at(number: number): Joined | undefined {
    return this.#several.get(number);
  }

  #settleBucket(bucket: Bucket): Joined[] {
    const changed: Joined[] = [];
    const current = new Map<number, Joined>();
    for (const parts of joinParts(bucket.parts.values())) {
      const sessions = parts.map(({ session }) => session);
      const number = sessions.reduce(
        (least, session) => Math.min(least, session.number),
        Number.POSITIVE_INFINITY,
      );
      const before = bucket.joined.get(number);
      const isSame = before !== undefined && sameItems(before.sessions, sessions);
      if (!isSame) this.#stamps += 1;
      const joined = isSame ? before : { number, sessions, stamp: this.#stamps };
      current.set(number, joined);
      if (!isSame || sessions.some((session) => this.#changed.has(session))) changed.push(joined);
    }
    // A number may be that of another key's row by now.
    for (const [number, before] of bucket.joined)
      if (this.#several.get(number) === before) this.#several.delete(number);
    for (const joined of current.values())
      if (joined.sessions.length > 1) this.#several.set(joined.number, joined);
    bucket.joined = current;
    if (bucket.parts.size === 0) this.#buckets.delete(bucket.key);
    return changed;
  }

  #bucket({ service, key }: JoinablePart): Bucket {
    const name = `${service ?? ''}\0${key}`;
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const bucket = { key: name, parts: new Map(), joined: new Map() };
    this.#buckets.set(name, bucket);
    return bucket;
  }

  #remove(session: IndexedSession, bucket: Bucket): void {
    bucket.parts.delete(session);
    this.#bucketOf.delete(session);
    this.#dirty.add(bucket);
  }
}
