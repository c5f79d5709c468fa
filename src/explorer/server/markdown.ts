import { indentJson } from '../text/indent-json.ts';
import { visible, visibleJson, visibleLines } from '../text/visible.ts';

/**
 * Text of others as a code span, in which nothing is markup, a link or a mention: whatever it holds stays what it is.
 */
export function codeSpan(text: string, maxLength = 300): string {
  const shown = visible(cutAt(text, maxLength));
  if (shown.trim() === '') return shown === '' ? '' : '(blank)';
  const ticks = '`'.repeat(longestRun(shown) + 1);
  const isAmbiguous = /^[` ]|[` ]$/.test(shown);
  const inner = isAmbiguous ? ` ${shown} ` : shown;
  return `${ticks}${inner}${ticks}`;
}

/** Text of others as a block whose fence is longer than any inside. JSON is laid out in lines, and stays as it is. */
export function fenced(text: string, maxLength: number): string {
  const cut = cutAt(text, maxLength);
  const json = cut === text && isJson(text);
  const shown = json ? visibleJson(indentJson(text)) : visibleLines(cut);
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}${json ? 'json' : 'text'}\n${shown}\n${fence}`;
}

export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  // In a table this is a bar inside of a code span too.
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headers), line(headers.map(() => '---')), ...rows.map(line)].join('\n');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}

function cutAt(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters)`;
}
