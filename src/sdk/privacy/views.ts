import type { Found } from './found.ts';

/** A text as the rules see it, and the way back. */
export interface View {
  readonly text: string;
  /** Where in the original something stands that was found in the view. */
  toOriginal(found: Found): Found;
}

const WIDE = /[\u00a0\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u3000\uff01-\uff5e]/g;

/**
 * Full-width letters, digits and signs as the plain ones, digits of other scripts, and wide spaces: one for one, so that all
 * stays where it is.
 */
export function folded(text: string): string {
  if (!/[^ -~\s]/.test(text)) return text;
  return text.replace(WIDE, (character) => {
    const code = character.charCodeAt(0);
    if (code >= 0xff01) return String.fromCharCode(code - 0xfee0);
    if (code === 0x3000 || code === 0xa0) return ' ';
    const zero = code >= 0x966 ? 0x966 : code >= 0x6f0 ? 0x6f0 : 0x660;
    return String.fromCharCode(0x30 + code - zero);
  });
}

const ESCAPE = /\\{1,8}u([\dA-Fa-f]{4})|&(quot|apos|amp|lt|gt|#\d{2,4}|#x[\dA-Fa-f]{2});|%([2-7][\dA-Fa-f])/g;
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", amp: '&', lt: '<', gt: '>' };

/** Whether a text has escapes of JSON, HTML or URLs. */
export function hasEscapes(text: string): boolean {
  return /\\u[\dA-Fa-f]{4}|&(?:quot|apos|lt|#)|%[2-7][\dA-Fa-f]/.test(text);
}

/** The text without its escapes, which hide from the rules where a name ends and where its value begins. */
export function unescaped(text: string): View {
  let plain = '';
  let at = 0;
  /** Pairs of places, in the view and in the original: behind each escape. */
  const places: [view: number, original: number][] = [[0, 0]];
  for (const match of text.matchAll(ESCAPE)) {
    plain += text.slice(at, match.index) + characterOf(match);
    at = match.index + match[0].length;
    places.push([plain.length, at]);
  }
  plain += text.slice(at);
  const back = backwards(places);
  return {
    text: plain,
    toOriginal: (found) => ({ ...found, start: back(found.start), end: back(found.end) }),
  };
}

function characterOf([, unit, entity, byte]: RegExpMatchArray): string {
  if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
  if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
  const named = ENTITIES[entity!];
  if (named !== undefined) return named;
  return String.fromCharCode(
    entity![1] === 'x' ? Number.parseInt(entity!.slice(2), 16) : Number(entity!.slice(1)),
  );
}

/** By halving: the last pair at or before a place says how far it has moved. */
function backwards(places: readonly [view: number, original: number][]): (place: number) => number {
  return (place) => {
    let [low, high] = [0, places.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (places[middle]![0] <= place) low = middle;
      else high = middle - 1;
    }
    const [view, original] = places[low]!;
    return original + place - view;
  };
}
