/** Integers from here on have no place in OTLP, whose integers have 64 bits. All numbers of this size are integers. */
const TOO_LARGE = 2 ** 63;
const MAX_DEPTH = 16;

/**
 * The same attributes with texts in place of what OTLP cannot express: NaN and infinities, for which JSON has no numbers,
 * and integers of more than 64 bits. A receiver refuses the whole batch for one of them.
 */
export function expressibleAttributes<T extends object>(attributes: T): T {
  return expressibleMembers(attributes, 0);
}

/** Whether a receiver takes it as an integer. */
export function isInt64(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < TOO_LARGE;
}

function expressible(value: unknown, depth: number): unknown {
  if (typeof value === 'number') return Math.abs(value) < TOO_LARGE ? value : String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  // What contains itself has no end.
  if (depth === MAX_DEPTH) return 'nested too deeply';
  return Array.isArray(value) ? expressibleList(value, depth + 1) : expressibleMembers(value, depth + 1);
}

function expressibleMembers<T extends object>(object: T, depth: number): T {
  let copy: T | undefined;
  for (const key in object) {
    const value = expressible(object[key], depth);
    if (value === object[key]) continue;
    copy ??= { ...object };
    copy[key] = value as T[typeof key];
  }
  return copy ?? object;
}

/** The elements of a list are of one type. */
function expressibleList(list: readonly unknown[], depth: number): readonly unknown[] {
  const values = list.map((value) => expressible(value, depth));
  if (values.every((value, i) => value === list[i])) return list;
  return values.map((value) => (typeof value === 'number' ? String(value) : value));
}
