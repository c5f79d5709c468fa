import { shortIds } from '../sessions/find.ts';

const GROUP_LENGTH = 8;

interface Group {
  readonly ids: Set<string>;
  /** Absent until asked for, and after a change. */
  short: ReadonlyMap<string, string> | undefined;
}

/** Short ids of very many sessions: only those that begin alike have to be told apart. */
export class ShortIds {
  readonly #groups = new Map<string, Group>();

  add(id: string): void {
    const key = keyOf(id);
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { ids: new Set([id]), short: undefined });
    else if (!group.ids.has(id)) {
      group.ids.add(id);
      group.short = undefined;
    }
  }

  remove(id: string): void {
    const key = keyOf(id);
    const group = this.#groups.get(key);
    if (group?.ids.delete(id) !== true) return;
    group.short = undefined;
    if (group.ids.size === 0) this.#groups.delete(key);
  }

  of(id: string): string {
    const group = this.#groups.get(keyOf(id));
    if (group === undefined) return id;
    group.short ??= shortIds(group.ids);
    return group.short.get(id) ?? id;
  }
}

function keyOf(id: string): string {
  return id.slice(0, GROUP_LENGTH).toLowerCase();
}
