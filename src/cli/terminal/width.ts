import stringWidth from 'string-width';

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter();

/** Columns that the text takes in a terminal. */
export function widthOf(text: string): number {
  // Most text is ASCII, for which its length is the answer.
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/** The text, or as much of it as fits with `…` behind. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width <= 0 ? '' : `${head(text, width - 1)}…`;
}

/** The spaces that fill the text up to the width. */
export function padding(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Breaks the text into at most `maxLines` lines, at spaces where there are some; `…` ends what was cut. */
export function wrap(text: string, width: number, maxLines: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (widthOf(rest) > width && lines.length < maxLines - 1) {
    const line = lineOf(rest, width);
    if (line === '') break;
    lines.push(line.trimEnd());
    rest = rest.slice(line.length).trimStart();
  }
  lines.push(cut(rest, width));
  return lines;
}

function lineOf(text: string, width: number): string {
  const fitting = head(text, width);
  if (text[fitting.length] === ' ') return fitting;
  const space = fitting.lastIndexOf(' ');
  // A word that fills more than half a line is broken rather than pushed to the next.
  return space > fitting.length / 2 ? fitting.slice(0, space + 1) : fitting;
}

function head(text: string, width: number): string {
  let out = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width) break;
    out += segment;
  }
  return out;
}
