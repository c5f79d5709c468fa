import type { Json } from './shape.ts';
import type { SignalParts } from './signals.ts';

/** Bytes. Whoever reads holds a line at a time. */
const LINE_BYTES = 4 * 1024 * 1024;
/** Bytes that a reader takes; a single span can come to more when its control characters are escaped. */
const READABLE_BYTES = 48 * 1024 * 1024;

export interface Lines {
  /** Each ends with a line break. */
  readonly bytes: Buffer;
  /** Items that no line can hold. */
  readonly rejected: number;
}

/** A canonical request as lines of JSON: one, or several of about 4 MB. */
export function linesOf(parts: SignalParts, request: Json): Lines {
  const lines: Buffer[] = [];
  const rejected = addLines(parts, request, lines);
  return { bytes: Buffer.concat(lines), rejected };
}

function addLines(parts: SignalParts, request: Json, lines: Buffer[]): number {
  const line = Buffer.from(`${JSON.stringify(request)}\n`);
  if (line.length <= LINE_BYTES) {
    lines.push(line);
    return 0;
  }
  const halves = halvesOf(request, parts.lists);
  if (halves !== undefined) return addLines(parts, halves[0], lines) + addLines(parts, halves[1], lines);
  if (line.length > READABLE_BYTES) return 1;
  lines.push(line);
  return 0;
}

/** Divides the outermost list that has more than one element; what is around it goes with both halves. */
function halvesOf(parent: Json, [key, ...inner]: readonly string[]): [Json, Json] | undefined {
  if (key === undefined) return undefined;
  const list = parent[key] as Json[];
  const [only] = list;
  if (list.length === 1 && only !== undefined) {
    const halves = halvesOf(only, inner);
    return (
      halves && [
        { ...parent, [key]: [halves[0]] },
        { ...parent, [key]: [halves[1]] },
      ]
    );
  }
  const middle = list.length >>> 1;
  return [
    { ...parent, [key]: list.slice(0, middle) },
    { ...parent, [key]: list.slice(middle) },
  ];
}
