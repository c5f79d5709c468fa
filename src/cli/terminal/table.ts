import { visible } from '../../explorer/text/visible.ts';
import type { Paint, Style } from './style.ts';
import { cut, padding, widthOf, wrap } from './width.ts';

export interface Column {
  readonly header: string;
  /** Default: `left`. */
  readonly align?: 'left' | 'right';
  /** The column may shrink to this width; without it, it keeps its own. */
  readonly minWidth?: number;
  /** Where the columns do not fit, those with the lowest number go first; without it, the column stays. */
  readonly hideOrder?: number;
  /** Break long text into lines rather than cut it. Only for the last column. */
  readonly wraps?: boolean;
}

export interface Cell {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

export interface Row {
  readonly cells: readonly Cell[];
  /** Lines of their own below the row, indented. */
  readonly details?: readonly Cell[];
}

export interface Table {
  readonly lines: readonly string[];
  /** Headers of the columns that had no room. */
  readonly hidden: readonly string[];
}

interface Fitted {
  readonly column: Column;
  readonly index: number;
  readonly width: number;
}

const GAP = 2;
const INDENT = '    ';
const MAX_WRAPPED_LINES = 8;
/** A cell on a terminal is cut here before it is measured: a client may have sent a megabyte. */
const MAX_MEASURED_LENGTH = 4_096;
/** Where nothing is cut, one long cell must not widen its whole column: it pushes its own row to the right. */
const MAX_UNCUT_PADDING = 60;

/**
 * Lays rows out in columns. Every text passes through `visible`, so nothing that a client sent acts on a terminal.
 *
 * @param width - columns of the terminal; `undefined`: nothing is cut
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number | undefined,
  style: Style,
): Table {
  const safe = rows.map((row) =>
    safeRow(row, width === undefined ? Number.POSITIVE_INFINITY : MAX_MEASURED_LENGTH),
  );
  const fitted = fitColumns(columns, safe, width);
  const header: Row = { cells: columns.map(({ header: text }) => ({ text, paint: 'bold' })) };
  const lines = [header, ...safe].flatMap((row) => [
    ...rowLines(row, fitted, width !== undefined, style),
    ...(row.details ?? []).flatMap((detail) => detailLines(detail, width, style)),
  ]);
  const shown = new Set(fitted.map(({ index }) => index));
  return { lines, hidden: columns.filter((_, index) => !shown.has(index)).map(({ header: text }) => text) };
}

function safeRow({ cells, details }: Row, maxLength: number): Row {
  const safe = ({ text, paint }: Cell): Cell => {
    const bounded = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
    return { text: visible(bounded), paint };
  };
  return { cells: cells.map(safe), ...(details !== undefined && { details: details.map(safe) }) };
}

function fitColumns(columns: readonly Column[], rows: readonly Row[], width: number | undefined): Fitted[] {
  const most = width ?? MAX_UNCUT_PADDING;
  let fitted: Fitted[] = columns.map((column, index) => {
    let widest = widthOf(column.header);
    for (const { cells } of rows) {
      const { text } = cells[index] ?? { text: '' };
      widest = Math.max(widest, text.length > most * 4 ? most : Math.min(most, widthOf(text)));
    }
    return { column, index, width: widest };
  });
  if (width === undefined) return fitted;
  while (leastWidth(fitted) > width) {
    const next = fitted
      .filter(({ column }) => column.hideOrder !== undefined)
      .sort((a, b) => a.column.hideOrder! - b.column.hideOrder!)[0];
    if (next === undefined) break;
    fitted = fitted.filter((one) => one !== next);
  }
  return shrink(fitted, width);
}

/** Takes from the widest of the columns that may shrink until all fit. */
function shrink(fitted: readonly Fitted[], width: number): Fitted[] {
  const widths = fitted.map((one) => one.width);
  let excess = widths.reduce((sum, one) => sum + one, GAP * (fitted.length - 1)) - width;
  while (excess > 0) {
    let widest = -1;
    fitted.forEach(({ column }, i) => {
      const canShrink = column.minWidth !== undefined && widths[i]! > column.minWidth;
      if (canShrink && (widest === -1 || widths[i]! > widths[widest]!)) widest = i;
    });
    if (widest === -1) break;
    widths[widest]! -= 1;
    excess -= 1;
  }
  return fitted.map((one, i) => ({ ...one, width: widths[i]! }));
}

function leastWidth(fitted: readonly Fitted[]): number {
  return fitted.reduce(
    (sum, { column, width }) => sum + Math.min(width, column.minWidth ?? width),
    GAP * (fitted.length - 1),
  );
}

function rowLines({ cells }: Row, fitted: readonly Fitted[], cuts: boolean, style: Style): string[] {
  const texts = fitted.map(({ column, index, width }) => {
    const { text } = cells[index] ?? { text: '' };
    if (!cuts) return [text];
    return column.wraps === true ? wrap(text, width, MAX_WRAPPED_LINES) : [cut(text, width)];
  });
  const height = Math.max(...texts.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    fitted
      .map(({ column, index, width }, i) => {
        const text = texts[i]![line] ?? '';
        const painted = style(text, cells[index]?.paint);
        if (column.align === 'right') return padding(text, width) + painted;
        return i === fitted.length - 1 ? painted : painted + padding(text, width);
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

function detailLines({ text, paint }: Cell, width: number | undefined, style: Style): string[] {
  const room = width === undefined ? undefined : Math.max(1, width - INDENT.length);
  const lines = room === undefined ? [text] : wrap(text, room, MAX_WRAPPED_LINES);
  return lines.map((line) => INDENT + style(line, paint));
}
