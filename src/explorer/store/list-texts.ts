import type { AttributeValue } from '../recording/otlp.ts';
import { type ListAttributes, listedToolsOf, listText } from '../sessions/listed-tools.ts';

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
  return one.count === other.count && one.joined === other.joined && isSameList(one.list, other.list);
}

function isSameList(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((name, i) => name === other[i]);
}
