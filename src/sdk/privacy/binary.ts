import { findMatches, type Rule } from './found.ts';

/** A shorter data URL is an icon at most, and reads well enough. */
const MIN_DATA_LENGTH = 64;

/** `[image/png, 123 bytes]`; `binary` stands for what is no plain media type. */
export function describeBinary(mediaType: unknown, bytes: number, isPart = false): string {
  const isNamed =
    typeof mediaType === 'string' && mediaType.length <= 80 && /^[\w.+-]+\/[\w.+-]+$/.test(mediaType);
  return `[${isNamed ? mediaType : 'binary'}, ${isPart ? 'over ' : ''}${bytes} bytes]`;
}

/** Decoded size of base64 text, padded or not, without decoding it; line breaks in it count as data. */
function decodedSize(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.floor(((base64.length - padding) * 3) / 4);
}

const DATA_URL =
  /data:([\w.+-]{1,40}\/[\w.+-]{1,40})?(?:;[\w.+-]{1,40}=[^;,\s"']{0,64}){0,4};base64,([\w+/%-]*={0,2})/gi;

/** The base64 of long data URLs, replaced by its media type and size. */
export const dataUrls: Rule = (text, whole) => {
  if (!/;base64,/i.test(text)) return [];
  return findMatches(text, DATA_URL, (match) => {
    const start = match.index;
    const end = start + match[0].length;
    const data = match[2]!;
    if (data.length < MIN_DATA_LENGTH) return undefined;
    const size = decodedSize(data);
    if (end < text.length || whole.length === text.length) {
      return { start, end, replacement: describeBinary(match[1], size) };
    }
    // It runs into the cut, and finding its end could be long work; but what starts as a data URL is nothing else.
    if (start > 0) return { start, end, replacement: describeBinary(match[1], size, true) };
    const all = decodedSize(whole.slice(match[0].length - data.length));
    return { start, end: whole.length, replacement: describeBinary(match[1], all) };
  });
};

/** Size of a buffer or blob whose `Object.prototype.toString` is `tag`; `undefined` for everything else. */
export function byteSize(value: object, tag: string): number | undefined {
  if (ArrayBuffer.isView(value) || tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]') {
    return numberOrZero((value as ArrayBuffer).byteLength);
  }
  return tag === '[object Blob]' || tag === '[object File]' ? numberOrZero((value as Blob).size) : undefined;
}

/**
 * What to show instead of a member that holds encoded bytes: `data` of MCP image and audio content, `blob` of an MCP
 * resource, `data` of a buffer that was turned into JSON. `undefined` for every other member.
 */
export function describeBinaryMember(owner: object, key: string, value: unknown): string | undefined {
  if (key !== 'data' && key !== 'blob') return undefined;
  const { type, mimeType, uri } = owner as { type?: unknown; mimeType?: unknown; uri?: unknown };
  if (typeof value === 'string') {
    const isBinary =
      key === 'data'
        ? type === 'image' || type === 'audio'
        : typeof uri === 'string' || typeof mimeType === 'string';
    return isBinary ? describeBinary(mimeType, decodedSize(value)) : undefined;
  }
  const isBuffer = key === 'data' && type === 'Buffer' && Array.isArray(value);
  return isBuffer ? describeBinary(undefined, value.length) : undefined;
}

function numberOrZero(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
