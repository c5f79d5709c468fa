import { caveatsOf } from '../../explorer/sessions/caveats.ts';
import type { EventLogs } from '../../explorer/sessions/collect-logs.ts';
import { clientOf } from '../../explorer/sessions/find.ts';
import { isErrorLine, type LogLine, logText, moreLines } from '../../explorer/sessions/log-text.ts';
import type { EventStatus } from '../../explorer/sessions/outcome.ts';
import type { SessionRow } from '../../explorer/sessions/row.ts';
import type { NestedEvent, SessionEvent } from '../../explorer/sessions/session-event.ts';
import { sideNotes } from '../../explorer/sessions/side-text.ts';
import { SOURCES } from '../../explorer/sessions/sources.ts';
import { waitingText } from '../../explorer/sessions/waiting-text.ts';
import { type Clock, formatCost, formatDuration, formatSize } from '../../explorer/text/format.ts';
import { lookUp } from '../../explorer/text/look-up.ts';
import { listNames } from '../../explorer/text/names.ts';
import { transportText } from '../../explorer/text/transport.ts';
import { URL_REQUIRED_TEXT } from '../../explorer/text/url-required.ts';
import { visible } from '../../explorer/text/visible.ts';
import type { Paint } from '../terminal/style.ts';
import { type Cell, type Column, type Row, renderTable } from '../terminal/table.ts';
import { padding, wrap } from '../terminal/width.ts';
import { narrowNotes, noteLines, statusPaint, toolsText, type ViewContext } from './list-view.ts';

const COLUMNS: readonly Column[] = [
  { header: 'Time' },
  { header: 'Event', minWidth: 10 },
  { header: 'Latency', align: 'right', hideOrder: 1 },
];
const STATUS_COLUMN: Column = { header: 'Status' };
/** What the answer took; older recordings do not tell. */
const SIZE_COLUMN: Column = { header: 'Size', align: 'right', hideOrder: 2 };
/** Of requests that both sides recorded. */
const NETWORK_COLUMN: Column = { header: 'Network', align: 'right', hideOrder: 3 };
const ERROR_COLUMN: Column = { header: 'Error', minWidth: 20, wraps: true };
/** Below it, errors stand under their events: beside them, both would be cut to nothing. */
const LEAST_WIDTH_FOR_ERRORS = 72;

const EVENT_PAINT: Readonly<Record<EventStatus, Paint | undefined>> = {
  ok: undefined,
  error: 'red',
  cancelled: 'yellow',
  url_required: undefined,
};

type Fact = [label: string, text: string | undefined, paint?: Paint | undefined];

const MAX_FACT_LINES = 8;
/** Traces may be very deep. */
const MAX_INDENTS = 8;

/** One session: its facts, then its events in order. */
export function detailLines(
  row: SessionRow,
  events: readonly NestedEvent[],
  logs: ReadonlyMap<number, EventLogs>,
  context: ViewContext,
): string[] {
  const { style, clock, width } = context;
  const time = timeFormat(events, clock);
  const hasErrorColumn = width === undefined || width >= LEAST_WIDTH_FOR_ERRORS;
  const hasSizes = events.some(({ responseSize }) => responseSize !== undefined);
  const hasNetwork = events.some(({ networkMs }) => networkMs !== undefined);
  const columns = [
    ...COLUMNS,
    ...(hasNetwork ? [NETWORK_COLUMN] : []),
    STATUS_COLUMN,
    ...(hasSizes ? [SIZE_COLUMN] : []),
    ...(hasErrorColumn ? [ERROR_COLUMN] : []),
  ];
  const rows = events.map((event, place): Row => {
    const shown = { hasErrorColumn, hasNetwork, hasSizes };
    const { cells, details = [] } = eventRow(event, time(event.timeMs), shown);
    return { cells, details: [...details, ...logCells(logs.get(place), clock)] };
  });
  const { lines, hidden } = renderTable(columns, rows, width, style);
  return [...factLines(row, context), '', ...lines, ...noteLines(narrowNotes(hidden), context)];
}

/** Which columns there are. */
interface Shown {
  readonly hasErrorColumn: boolean;
  readonly hasNetwork: boolean;
  readonly hasSizes: boolean;
}

function eventRow(event: NestedEvent, time: string, shown: Shown): Row {
  const { hasErrorColumn, hasNetwork, hasSizes } = shown;
  const { kind, type, latencyMs, networkMs, status, responseSize, depth } = event;
  const asked = status === 'url_required' ? URL_REQUIRED_TEXT : undefined;
  const error = event.error ?? asked;
  const errorCell: Cell = { text: error ?? '', paint: asked === undefined ? 'red' : undefined };
  return {
    cells: [
      { text: time },
      { text: `${indentOf(depth)}${type}`, paint: kind === 'session' ? 'dim' : undefined },
      { text: latencyMs === undefined ? '' : formatDuration(latencyMs) },
      ...(hasNetwork ? [{ text: networkMs === undefined ? '' : formatDuration(networkMs) }] : []),
      { text: status ?? '', paint: status === undefined ? undefined : EVENT_PAINT[status] },
      ...(hasSizes ? [{ text: responseSize === undefined ? '' : formatSize(responseSize) }] : []),
      errorCell,
    ],
    details: [
      ...(hasErrorColumn || error === undefined ? [] : [errorCell]),
      ...sideNotes({ ...event, networkMs: undefined }).map((text): Cell => ({ text, paint: 'dim' })),
      ...captured('arguments', event.arguments),
      ...captured('result', event.result),
      ...(event.message === undefined ? [] : [logCell(event.message)]),
    ],
  };
}

/** What belongs to an event stands below it, and further in. */
function indentOf(depth: number): string {
  return '  '.repeat(Math.min(depth, MAX_INDENTS));
}

function factLines(row: SessionRow, { style, clock, width, now }: ViewContext): string[] {
  const reason = row.endReason === undefined ? '' : ` (${row.endReason})`;
  const facts: Fact[] = [
    ['Session', row.id],
    ['Client', clientOf(row) || undefined],
    ['Source', sourceText(row)],
    ['Conversation', row.conversationId],
    ['Key', row.key],
    ['Protocol ids', protocolIdsText(row)],
    ['Other ids', row.parts === 1 ? undefined : otherIdsText(row)],
    ['Processes', row.processes === 1 ? undefined : String(row.processes)],
    ['Server', row.service],
    ['Client side', row.seenByClient],
    [
      'Protocol',
      [row.protocolVersion, transportText(row)].filter((part) => part !== undefined).join(', ') || undefined,
    ],
    ['Started', clock.full(row.startedMs)],
    ['Duration', formatDuration(row.durationMs)],
    ['Status', row.status + reason, statusPaint(row.status)],
    ['Waiting', waitingText(row.openRequests, now, formatDuration), 'yellow'],
    ['Calls', String(row.calls)],
    ['Errors', String(row.errors), row.errors > 0 ? 'red' : undefined],
    ['Requests', row.requestSize === undefined ? undefined : formatCost(row.requestSize)],
    ['Responses', row.responseSize === undefined ? undefined : formatCost(row.responseSize)],
    ['Tools', toolsText(row) || undefined],
    ...caveatsOf(row).map((text): Fact => ['Note', text]),
  ];
  const known = facts.filter(([, text]) => text !== undefined);
  const labelWidth = Math.max(...known.map(([label]) => label.length)) + 2;
  return known.flatMap(([label, text = '', paint]) => {
    const safe = visible(text);
    const lines = width === undefined ? [safe] : wrap(safe, Math.max(1, width - labelWidth), MAX_FACT_LINES);
    return lines.map((line, i) => {
      const start = i === 0 ? label : '';
      return style(start, 'bold') + padding(start, labelWidth) + style(line, paint);
    });
  });
}

function sourceText({ source }: SessionRow): string | undefined {
  const words = lookUp(SOURCES, source);
  return words === undefined ? source : `${source} (${words})`;
}

function protocolIdsText({ protocolSessionIds: ids, hasMoreProtocolSessionIds: hasMore }: SessionRow) {
  return listNames([...ids, ...(hasMore ? ['…'] : [])]) || undefined;
}

function otherIdsText({ otherIds, parts }: SessionRow): string {
  return listNames([...otherIds, ...(parts > otherIds.length + 1 ? ['…'] : [])]);
}

function logCells(logs: EventLogs | undefined, clock: Clock): Cell[] {
  if (logs === undefined) return [];
  const { lines, total } = logs;
  const more = total - lines.length;
  return [
    ...lines.map((line) => logCell(line, `${clock.time(line.timeMs)} `)),
    ...(more > 0 ? [{ text: moreLines(more), paint: 'dim' as const }] : []),
  ];
}

function logCell(line: LogLine, time = ''): Cell {
  return { text: `${time}${logText(line)}`, paint: isErrorLine(line) ? 'red' : 'dim' };
}

function captured(label: string, text: string | undefined): Cell[] {
  return text === undefined ? [] : [{ text: `${label} ${text}`, paint: 'dim' }];
}

/** The time of day; with the date where the events are not of one day. */
function timeFormat(events: readonly SessionEvent[], clock: Clock): (unixMs: number) => string {
  const first = events[0];
  const last = events.at(-1);
  const isOneDay =
    first === undefined || last === undefined || clock.date(first.timeMs) === clock.date(last.timeMs);
  return isOneDay ? clock.time : (unixMs) => `${clock.date(unixMs)} ${clock.time(unixMs)}`;
}
