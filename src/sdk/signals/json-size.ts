import { types } from 'node:util';

/** So many nanoseconds, about: a larger value is not measured, for the process does nothing else meanwhile. */
const MAX_WORK = 20_000_000;
const WORK_PER_VALUE = 64;
/** Of values in values; JSON itself goes deeper. */
const MAX_DEPTH = 1_000;

/** Of what has no JSON: JSON leaves such a member out, and writes `null` for such an item. */
const NO_JSON = 0;

/** Bytes that the escape of a character takes more than the character. */
const ESCAPES = escapes();
const NULL_SIZE = 4;

const lookupGetter = (Object.prototype as unknown as { __lookupGetter__: (key: PropertyKey) => unknown })
  .__lookupGetter__;
const { hasOwnProperty: hasMember } = Object.prototype;
const { toJSON: dateToJson } = Date.prototype;

/**
 * Bytes of `JSON.stringify(value)` in UTF-8, without writing it. `undefined` where that cannot be told: no code of the
 * value's own is run a second time, so accessors (but those of `value` itself, which were read to know it for a message),
 * `toJSON` (but that of a `Date`) and proxies are not asked; and the work is bounded.
 */
export function jsonSize(value: unknown): number | undefined {
  try {
    const size = new Measure().sizeOf(value, 0);
    return size === NO_JSON || Number.isNaN(size) ? undefined : size;
  } catch {
    // Deeper than the stack that is left.
    return undefined;
  }
}

/** All of its sizes are `NaN` where they cannot be told. */
class Measure {
  #work = MAX_WORK;

  sizeOf(value: unknown, depth: number): number {
    this.#work -= WORK_PER_VALUE;
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return Number.isFinite(value) ? String(value).length : NULL_SIZE;
      case 'boolean':
        return value ? 4 : 5;
      case 'object':
        return value === null ? NULL_SIZE : this.#object(value, depth);
      case 'bigint':
        return Number.NaN;
      case 'function':
        return mayHaveToJson(value) ? Number.NaN : NO_JSON;
      default:
        return NO_JSON;
    }
  }

  #object(value: object, depth: number): number {
    if (this.#work < 0 || depth > MAX_DEPTH || types.isProxy(value)) return Number.NaN;
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === Array.prototype;
    if (isPlain ? 'toJSON' in value : mayHaveToJson(value)) return dateSize(value);
    if (Array.isArray(value)) return this.#list(value, depth);
    // A member for each byte: to list their names takes seconds.
    if (ArrayBuffer.isView(value)) return Number.NaN;
    return !isPlain && isWritten(value) ? Number.NaN : this.#record(value, depth);
  }

  #list(items: readonly unknown[], depth: number): number {
    const { length } = items;
    let size = 2 + Math.max(0, length - 1);
    for (let i = 0; i < length && !Number.isNaN(size); i += 1) {
      if (lookupGetter.call(items, i) !== undefined) return Number.NaN;
      const item = this.sizeOf(items[i], depth + 1);
      size += item === NO_JSON ? NULL_SIZE : item;
      if (this.#work < 0) return Number.NaN;
    }
    return size;
  }

  #record(record: object, depth: number): number {
    let size = 2;
    // Of plain objects nothing is listed but looked at: this is done for every message.
    for (const key in record) {
      // V8 finds a member at once that the function looks up in which its name was found, and by no other `hasOwn`.
      if (!hasMember.call(record, key)) continue;
      if (depth > 0 && lookupGetter.call(record, key) !== undefined) return Number.NaN;
      const member = this.sizeOf((record as Record<string, unknown>)[key], depth + 1);
      if (member === NO_JSON) continue;
      size += this.#text(key) + 1 + member + (size > 2 ? 1 : 0);
      if (Number.isNaN(size) || this.#work < 0) return Number.NaN;
    }
    return size;
  }

  #text(text: string): number {
    const { length } = text;
    this.#work -= length;
    if (this.#work < 0) return Number.NaN;
    let size = 2 + length;
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) size += ESCAPES[unit]!;
      else if (unit < 0x800) size += 1;
      else if (unit < 0xd800 || unit > 0xdfff) size += 2;
      else if (isPair(unit, text.charCodeAt(i + 1))) {
        // Two units, four bytes.
        size += 2;
        i += 1;
      } else size += 5;
    }
    return size;
  }
}

/** Behind the last unit of a text stands `NaN`. */
function isPair(first: number, second: number): boolean {
  return first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff;
}

/** Whether a `toJSON` may be found. A Proxy among the prototypes would be asked for it, and could tell. */
function mayHaveToJson(value: object): boolean {
  for (let owner: object | null = value; owner !== null; owner = Object.getPrototypeOf(owner)) {
    if (types.isProxy(owner) || Object.hasOwn(owner, 'toJSON')) return true;
  }
  return false;
}

/** Of a date as the language has it; `NaN` for whatever else has a `toJSON`. */
function dateSize(value: object): number {
  const isPlain =
    Object.getPrototypeOf(value) === Date.prototype &&
    Date.prototype.toJSON === dateToJson &&
    Object.getOwnPropertyNames(value).length === 0;
  if (!isPlain || !types.isDate(value)) return Number.NaN;
  const time = Date.prototype.getTime.call(value);
  return Number.isNaN(time) ? NULL_SIZE : Date.prototype.toISOString.call(value).length + 2;
}

/** Whether JSON writes what `value` stands for: a text or a number in an object, or since Node 22 JSON text as it is. */
function isWritten(value: object): boolean {
  const { isRawJSON } = JSON as { isRawJSON?: (value: unknown) => boolean };
  return types.isBoxedPrimitive(value) || isRawJSON?.(value) === true;
}

function escapes(): Uint8Array {
  const table = new Uint8Array(0x80).fill(5, 0, 0x20);
  for (const short of '\b\t\n\f\r"\\') table[short.charCodeAt(0)] = 1;
  return table;
}
