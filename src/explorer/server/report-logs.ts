import { type LogLine, logText, moreLines } from '../sessions/log-text.ts';
import { visible } from '../text/visible.ts';
import type { ApiEvent } from './api.ts';
import { codeSpan, fenced } from './markdown.ts';

/** The first log lines of the events that have some. */
export type ReportedLogs = ReadonlyMap<ApiEvent, readonly LogLine[]>;

/** Characters of one line, and of all together. */
const MAX_LINE = 1_000;
const MAX_ALL = 500_000;

/** What the log lines of the events are in a report; nothing where there are none. */
export function logsOf(
  placed: readonly { readonly event: ApiEvent; readonly place: number }[],
  logs: ReportedLogs,
): string[] {
  const blocks: string[] = [];
  let length = 0;
  let leftOut = 0;
  for (const { event, place } of placed) {
    const lines = linesOf(event, logs.get(event) ?? []);
    if (lines.length === 0) continue;
    const text = lines.join('\n');
    if (length + text.length > MAX_ALL) leftOut += 1;
    else blocks.push(`### ${place}. ${codeSpan(event.type)}: log lines`, fenced(text, MAX_ALL));
    length += text.length;
  }
  if (blocks.length === 0) return [];
  const rest = leftOut === 0 ? [] : [`The lines of ${leftOut} more events are left out.`];
  return ['## Log lines', ...blocks, ...rest];
}

function linesOf({ message, logs: total = 0 }: ApiEvent, lines: readonly LogLine[]): string[] {
  const more = total - lines.length;
  return [
    ...[...(message === undefined ? [] : [message]), ...lines].map(lineOf),
    ...(more > 0 ? [moreLines(more)] : []),
  ];
}

/** One line, whatever it holds. */
function lineOf(line: LogLine): string {
  const attributes = line.attributes === undefined ? '' : ` ${line.attributes}`;
  const time = new Date(line.timeMs).toISOString();
  return visible(`${time} ${logText(line)}${attributes}`.slice(0, MAX_LINE));
}
