import type { Json } from './shape.ts';
import type { SignalParts } from './signals.ts';

/** Bytes. Whoever reads holds a line at a time. */
const LINE_BYTES = 4 * 1024 * 1024;
/** Bytes that a reader takes; a single span can come to more when its control characters are escaped. */
const READABLE_BYTES = 48 * 1024 * 1024;
/** Bytes that a division may write twice. A resource that is larger would make gigabytes of a small request. */
const MAX_REPEATED_BYTES = 256 * 1024;

export interface Lines {
  /** Each ends with a line break. */
  readonly bytes: Buffer;
  /** Spans, data points or log records that no line can hold. */
  readonly rejected: number;
}

/** A canonical request as lines of JSON: one, or several of about 4 MB. */
export function linesOf(parts: SignalParts, request: Json): Lines {
  const lines: Buffer[] = [];
  const rejected = addLines(parts, request, lineOf(request), lines);
  return { bytes: Buffer.concat(lines), rejected };
}

function addLines(parts: SignalParts, request: Json, line: Buffer, lines: Buffer[]): number {
  const halves = line.length > LINE_BYTES ? halvesOf(request, parts.lists) : undefined;
  if (halves !== undefined) {
    const [first, second] = [lineOf(halves[0]), lineOf(halves[1])];
    if (first.length + second.length - line.length <= MAX_REPEATED_BYTES)
      return addLines(parts, halves[0], first, lines) + addLines(parts, halves[1], second, lines);
  }
  if (line.length > READABLE_BYTES) return countOf(request, parts);
  lines.push(line);
  return 0;
}

function lineOf(request: Json): Buffer {
  return Buffer.from(`${JSON.stringify(request)}\n`);
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

/** Spans or log records, or data points of all metrics. */
function countOf(request: Json, { signal, lists }: SignalParts): number {
  const items = lists.reduce(
    (parents, key) => parents.flatMap((parent) => (parent[key] ?? []) as Json[]),
    [request],
  );
  if (signal !== 'metrics') return items.length;
  return items.flatMap(Object.values).reduce((sum, data) => sum + (data?.dataPoints?.length ?? 0), 0);
}
