/** What ids look like that nobody else has, most likely: enough chance went into them. */
const UNIQUE = [
  /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/i,
  /^(?=.*[a-f])[\da-f]{16,}$/i,
  /^(?=(?:\D*\d){3})[\da-z]{20,}$/i,
  /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w.+/=-]{20,}$/,
];
/** Of very long ones the beginning tells. */
const MAX_LENGTH = 256;

/**
 * The id by which views know a session. Some servers give all their clients the same session id, or count them; two
 * services are never one session by such an id, so it is told with the service's name.
 */
export function scopedId(id: string, source: string | undefined, service: string | undefined): string {
  if (source !== 'protocol' || service === undefined || service === '' || isUnique(id)) return id;
  return `${id}@${service}`;
}

/** Whether nobody else has the id, most likely. */
export function isUnique(id: string): boolean {
  if (isUuid(id)) return true;
  const text = id.slice(0, MAX_LENGTH);
  return UNIQUE.some((form) => form.test(text));
}

/** What nearly all ids are, each of which is asked about with every span of its session. */
function isUuid(id: string): boolean {
  if (id.length !== 36) return false;
  for (let i = 0; i < 36; i += 1) {
    const code = id.charCodeAt(i);
    const isDash = i === 8 || i === 13 || i === 18 || i === 23;
    if (isDash ? code !== 0x2d : !isHex(code)) return false;
  }
  return true;
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
}
