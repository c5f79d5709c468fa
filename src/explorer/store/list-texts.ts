import { type ListAttributes, listedToolsOf, listText } from '../sessions/listed-tools.ts';
import { sameItems } from './same-items.ts';

/** Servers whose answers are remembered. */
const MAX_SERVERS = 1_000;

/** What answers to `tools/list` held, as texts: nearly all answers of one server are the same. */
export class ListTexts {
  readonly #last = new Map<string | undefined, { said: ListAttributes; text: string | undefined }>();

  /** See `listText`; `undefined` where the names are not recorded. */
  textOf(server: string | undefined, said: ListAttributes): string | undefined {
    const last = this.#last.get(server);
    if (last !== undefined && isSame(last.said, said)) return last.text;
    const listed = listedToolsOf(said);
    const text = listed === undefined ? undefined : listText(listed);
    if (last !== undefined || this.#last.size < MAX_SERVERS) this.#last.set(server, { said, text });
    return text;
  }
}

function isSame(one: ListAttributes, other: ListAttributes): boolean {
  if (one.count !== other.count || one.joined !== other.joined) return false;
  return Array.isArray(one.list) && Array.isArray(other.list)
    ? sameItems(one.list, other.list)
    : one.list === other.list;
}
