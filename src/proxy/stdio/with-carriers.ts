import { itemsAt, type Member, membersAt, type Place, valueStart } from './json-places.ts';

/** Members that `_meta` is to have, by their names. */
type Carrier = Readonly<Record<string, string>>;

/** What is written in the place of a part of the text. */
interface Edit extends Place {
  readonly by: string;
}

/** What the client says of its own sender, and its server is to hear as it is. */
const LEFT_AS_IT_IS: ReadonlySet<string> = new Set(['baggage']);

/**
 * Writes into `params._meta` of the messages of a line; of one message, or of several in a list. Whatever is not written anew
 * stays as it is, byte for byte: numbers too that JavaScript has no room for.
 *
 * @param line valid JSON.
 * @param carriers of one message after the other; `undefined`: that one stays.
 */
export function withCarriers(line: Buffer, carriers: readonly (Carrier | undefined)[]): Buffer {
  // One character a byte: nothing outside of ASCII means anything here, and no byte is lost.
  const text = line.toString('latin1');
  const start = valueStart(text);
  const messages = text[start] === '[' ? itemsAt(text, start) : [{ start, end: text.length }];
  const edits = messages.flatMap((message, i) => {
    const carrier = carriers[i];
    return carrier === undefined || text[message.start] !== '{' ? [] : editsOf(text, message.start, carrier);
  });
  if (edits.length === 0) return line;
  let at = 0;
  let written = '';
  for (const { start: from, end, by } of edits) {
    written += text.slice(at, from) + by;
    at = end;
  }
  return Buffer.from(written + text.slice(at), 'latin1');
}

function editsOf(text: string, message: number, carrier: Carrier): Edit[] {
  const fields = Object.entries(carrier).map(([key, value]) => [key, ascii(value)] as const);
  if (fields.length === 0) return [];
  const written = fields.map(([key, value]) => `${ascii(key)}:${value}`).join();
  const params = lastOf(membersAt(text, message), 'params');
  if (params === undefined) return [begin(text, message, `"params":{"_meta":{${written}}}`)];
  if (text[params.start] !== '{') return [];
  const meta = lastOf(membersAt(text, params.start), '_meta');
  if (meta === undefined) return [begin(text, params.start, `"_meta":{${written}}`)];
  return text[meta.start] === '{' ? editsOfMeta(text, meta.start, fields) : [];
}

function editsOfMeta(text: string, meta: number, fields: (readonly [string, string])[]): Edit[] {
  const members = membersAt(text, meta);
  const missing = fields.filter(([key]) => !members.some((member) => member.key === key));
  const added = missing.map(([key, value]) => `${ascii(key)}:${value}`).join();
  const replaced = members.flatMap(({ key, start, end }) => {
    const value = LEFT_AS_IT_IS.has(key) ? undefined : fields.find(([name]) => name === key)?.[1];
    return value === undefined ? [] : [{ start, end, by: value }];
  });
  return added === '' ? replaced : [begin(text, meta, added), ...replaced];
}

/** Writes to the beginning of an object. */
function begin(text: string, start: number, added: string): Edit {
  const isEmpty = membersAt(text, start).length === 0;
  return { start: start + 1, end: start + 1, by: isEmpty ? added : `${added},` };
}

/** Of members with one name, the last counts. */
function lastOf(members: readonly Member[], key: string): Member | undefined {
  return members.findLast((member) => member.key === key);
}

/** A text of JSON without characters that are more than one byte. */
function ascii(value: string): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
