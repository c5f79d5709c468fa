/** Stands last where there are more names. */
const MORE = '…';
const ESCAPED = /[\\,]|^…$/g;
const ESCAPE = /\\([\\,…])/g;

/** Names as one text, joined by `, `. In a name, `\` and `,` have a `\` before them, and so has a name that is `…`. */
export function joinNames(names: readonly string[], hasMore = false): string {
  const written = names.map((name) => name.replace(ESCAPED, '\\$&'));
  return (hasMore ? [...written, MORE] : written).join(', ');
}

/** The names of such a text. In older recordings nothing is escaped: a `\` before anything else stands for itself. */
export function splitNames(text: string): { names: string[]; hasMore: boolean } {
  const written: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '\\') i += isEscape(text, i) ? 1 : 0;
    else if (text[i] === ',' && text[i + 1] === ' ') {
      written.push(text.slice(from, i));
      from = i + 2;
    }
  }
  written.push(text.slice(from));
  const hasMore = written.at(-1) === MORE;
  if (hasMore) written.pop();
  const names = written.filter((name) => name !== '').map((name) => name.replace(ESCAPE, '$1'));
  return { names, hasMore };
}

function isEscape(text: string, at: number): boolean {
  const next = text[at + 1];
  return next === '\\' || next === ',' || next === MORE;
}
