import { shortIds } from '../sessions/find.ts';

const GROUP_LENGTH = 8;

/** Short ids of very many sessions: only those that begin alike have to be told apart. */
export class ShortIds {
  /** Ids by their beginning. */
  readonly #groups = new Map<string, string[]>();
  /** Of the groups that have been asked for, until they change. */
  readonly #short = new Map<string, ReadonlyMap<string, string>>();

  /** An id that is not there yet. */
  add(id: string): void {
    const key = keyOf(id);
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, [id]);
    else group.push(id);
    this.#short.delete(key);
  }

  remove(id: string): void {
    const key = keyOf(id);
    const left = this.#groups.get(key)?.filter((other) => other !== id) ?? [];
    if (left.length === 0) this.#groups.delete(key);
    else this.#groups.set(key, left);
    this.#short.delete(key);
  }

  of(id: string): string {
    const key = keyOf(id);
    const group = this.#groups.get(key);
    if (group === undefined || group.length === 1) return id.slice(0, GROUP_LENGTH);
    let short = this.#short.get(key);
    if (short === undefined) {
      short = shortIds(group);
      this.#short.set(key, short);
    }
    return short.get(id) ?? id;
  }
}

function keyOf(id: string): string {
  return id.slice(0, GROUP_LENGTH).toLowerCase();
}
