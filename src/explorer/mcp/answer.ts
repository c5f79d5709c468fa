import * as z from 'zod';

/** Something of an answer: for programs, and as lines for those who read. */
export interface Item {
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

/** What every answer holds besides its own. */
export const commonOutput = {
  next_cursor: z
    .string()
    .nullable()
    .describe(
      'Give it as `cursor`, with the same other arguments, to get the next page; null: there is none.',
    ),
  notes: z
    .array(z.string())
    .describe('What to know about the recording, such as lines that could not be read.'),
};

/** Bytes of the items of one answer, as JSON and as text together. The rest of an answer is small. */
const MAX_BYTES = 90_000;

/** The first items that fit into an answer; one at least. */
export function fitting(items: readonly Item[]): readonly Item[] {
  let bytes = 0;
  let count = 0;
  for (const { json, lines } of items) {
    bytes += Buffer.byteLength(JSON.stringify(json)) + Buffer.byteLength(JSON.stringify(lines.join('\n')));
    if (count > 0 && bytes > MAX_BYTES) break;
    count += 1;
  }
  return items.slice(0, count);
}

interface Told {
  /** First lines of the text. */
  readonly head: readonly string[];
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
  readonly notes: readonly string[];
}

/** The result of a tool. Clients show the model one of the two forms, so both say the same. */
export function answerOf(
  structured: Readonly<Record<string, unknown>>,
  { head, items, nextCursor, notes }: Told,
) {
  const more = nextCursor === null ? [] : [`More follows: cursor ${nextCursor}`];
  const lines = [
    ...head,
    ...items.flatMap((item) => item.lines),
    ...more,
    ...notes.map((note) => `Note: ${note}`),
  ];
  return {
    content: [{ type: 'text' as const, text: lines.join('\n') }],
    structuredContent: { ...structured, next_cursor: nextCursor, notes: [...notes] },
  };
}
