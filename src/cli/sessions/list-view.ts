import { clientOf } from '../../explorer/sessions/find.ts';
import type { SessionRow, SessionStatus } from '../../explorer/sessions/row.ts';
import { INFERRED_MARK } from '../../explorer/sessions/sources.ts';
import { type Clock, formatDuration } from '../../explorer/text/format.ts';
import { listNames } from '../../explorer/text/names.ts';
import type { Paint, Style } from '../terminal/style.ts';
import { type Column, type Row, renderTable } from '../terminal/table.ts';
import { wrap } from '../terminal/width.ts';

export interface ViewContext {
  readonly style: Style;
  readonly clock: Clock;
  /** Columns of the terminal; `undefined`: nothing is cut. */
  readonly width: number | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Only where there are several. */
const SERVER_COLUMN: Column = { header: 'Server', minWidth: 8, hideOrder: 3 };
const COLUMNS: readonly Column[] = [
  { header: 'Session', minWidth: 24 },
  { header: 'Client', minWidth: 8, hideOrder: 5 },
  SERVER_COLUMN,
  { header: 'Source', hideOrder: 1 },
  { header: 'Started', hideOrder: 6 },
  { header: 'Duration', align: 'right', hideOrder: 4 },
  { header: 'Calls', align: 'right' },
  { header: 'Errors', align: 'right' },
  { header: 'Status' },
  { header: 'Tools', minWidth: 8, hideOrder: 2 },
];

const MAX_NOTE_LINES = 4;

const STATUS_PAINT: Readonly<Record<SessionStatus, Paint>> = {
  active: 'green',
  ended: 'dim',
  lost: 'yellow',
};

/** The sessions as a table. */
export function listLines(
  rows: readonly SessionRow[],
  shortIds: ReadonlyMap<string, string>,
  { style, clock, width, now }: ViewContext,
): string[] {
  const hasServers = new Set(rows.map(({ service }) => service)).size > 1;
  const columns = hasServers ? COLUMNS : COLUMNS.filter((column) => column !== SERVER_COLUMN);
  const cells = rows.map((row): Row => {
    const mark = row.source === 'inferred' ? INFERRED_MARK : '';
    return {
      cells: [
        { text: mark + (shortIds.get(row.id) ?? row.id) },
        { text: clientOf(row) || '-' },
        ...(hasServers ? [{ text: row.service ?? '-' }] : []),
        { text: row.source ?? '-' },
        { text: clock.short(row.startedMs, now) },
        { text: formatDuration(row.durationMs) },
        { text: String(row.calls) },
        { text: String(row.errors), paint: row.errors > 0 ? 'red' : undefined },
        { text: row.status, paint: STATUS_PAINT[row.status] },
        { text: toolsText(row) },
      ],
    };
  });
  const { lines, hidden } = renderTable(columns, cells, width, style);
  const notes: string[] = [];
  if (rows.some(({ source }) => source === 'inferred')) {
    notes.push(`${INFERRED_MARK} inferred: requests of one caller, joined; no session id came with them.`);
  }
  // The source is in every view: where its column has no room, the mark tells what matters.
  notes.push(...narrowNotes(hidden.filter((header) => header !== 'Source')));
  return [...lines, ...noteLines(notes, { style, width })];
}

/** Says which columns had no room. */
export function narrowNotes(hidden: readonly string[]): string[] {
  return hidden.length === 0 ? [] : [`Too narrow for: ${hidden.join(', ')}.`];
}

/** Notes below a table, set off by an empty line. */
export function noteLines(
  notes: readonly string[],
  { style, width }: Pick<ViewContext, 'style' | 'width'>,
): string[] {
  const lines = notes.flatMap((note) => (width === undefined ? [note] : wrap(note, width, MAX_NOTE_LINES)));
  return lines.length === 0 ? [] : ['', ...lines.map((line) => style(line, 'dim'))];
}

export function statusPaint(status: SessionStatus): Paint {
  return STATUS_PAINT[status];
}

export function toolsText({ tools, hasMoreTools }: SessionRow): string {
  return listNames([...tools, ...(hasMoreTools ? ['…'] : [])]);
}
