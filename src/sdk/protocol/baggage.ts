/** What the W3C allows for the whole; longer ones are not read. */
const MAX_LENGTH = 8_192;
const MAX_MEMBERS = 180;

/** The value of `key` in W3C baggage, decoded; `undefined` where it has none that can be read. */
export function baggageValue(baggage: unknown, key: string): string | undefined {
  if (typeof baggage !== 'string' || baggage.length > MAX_LENGTH || !baggage.includes(key)) return undefined;
  for (const member of baggage.split(',', MAX_MEMBERS)) {
    const [pair = ''] = member.split(';', 1);
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === key) return decoded(pair.slice(equals + 1).trim());
  }
  return undefined;
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
