export type AttributeValue = string | number | boolean | readonly (string | number | boolean)[];
export type AttributeMap = ReadonlyMap<string, AttributeValue>;

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export type Json = Readonly<Record<string, unknown>>;

/** The attributes of OTLP JSON. */
export function attributesOf(value: unknown): AttributeMap {
  const attributes = new Map<string, AttributeValue>();
  for (const { key, value: any } of objectsOf(value)) {
    const decoded = typeof key === 'string' ? decodeValue(objectOf(any)) : undefined;
    if (decoded !== undefined) attributes.set(key as string, decoded);
  }
  return attributes;
}

/** The value of an attribute of OTLP JSON. */
export function decodeValue(any: Json): AttributeValue | undefined {
  if (typeof any['stringValue'] === 'string' && any['arrayValue'] === undefined)
    return wellFormed(any['stringValue']);
  const list = objectOf(any['arrayValue'])['values'];
  if (list === undefined) return 'arrayValue' in any ? [] : decodeScalar(any);
  return objectsOf(list).flatMap((item) => decodeScalar(item) ?? []);
}

function decodeScalar(any: Json): string | number | boolean | undefined {
  const { stringValue, intValue, doubleValue, boolValue } = any;
  if (typeof stringValue === 'string') return wellFormed(stringValue);
  if (typeof boolValue === 'boolean') return boolValue;
  return numberOf(intValue) ?? numberOf(doubleValue);
}

/** The value where it is an object; else an empty one. */
export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

/** The objects of a list; none where the value is something else. */
export function objectsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

/** A number, or a text of one: 64-bit integers are texts in OTLP JSON. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Halves of surrogate pairs replaced, as in all that is sent as UTF-8: addresses would not find such a name again. */
function wellFormed(value: string): string {
  return (value as string & { toWellFormed(): string }).toWellFormed();
}
