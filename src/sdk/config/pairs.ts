/** What a list of pairs holds, and which of its members are no pairs, counted from 1. */
export interface Pairs {
  readonly values: Record<string, string>;
  readonly wrong: readonly number[];
}

/** What HTTP allows in the name of a header, and in its value. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

/**
 * `key=value,key=value`, percent-encoded, as `OTEL_RESOURCE_ATTRIBUTES` has it. The first equals sign of a member ends
 * its key; a percent sign that encodes nothing stands for itself. A comma may end the list.
 */
export function parsePairs(text: string): Pairs {
  return collect(text, () => true);
}

/** The same for `OTEL_EXPORTER_OTLP_HEADERS`: what cannot be sent is no pair. Names are in lower case. */
export function parseHeaders(text: string): Pairs {
  const { values, wrong } = collect(
    text,
    (name, value) => HEADER_NAME.test(name) && HEADER_VALUE.test(value),
  );
  return { values: lowerCaseNames(values), wrong };
}

/** Headers by name, whose case means nothing; of two the later one wins. */
export function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function collect(text: string, isRight: (key: string, value: string) => boolean): Pairs {
  const values = new Map<string, string>();
  const wrong: number[] = [];
  for (const [index, member] of text.split(',').entries()) {
    if (member.trim() === '') continue;
    const equals = member.indexOf('=');
    const key = decode(member.slice(0, Math.max(0, equals)));
    const value = decode(member.slice(equals + 1));
    if (key === '' || !isRight(key, value)) wrong.push(index + 1);
    else values.set(key, value);
  }
  // Not by assignment: a key may be called `__proto__`.
  return { values: Object.fromEntries(values), wrong };
}

function decode(text: string): string {
  return text.trim().replace(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
