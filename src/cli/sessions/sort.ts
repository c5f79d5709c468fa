import { clientOf } from '../../explorer/sessions/find.ts';
import { errorRateOf, type SessionRow, STATUS_ORDER, startKey } from '../../explorer/sessions/row.ts';
import { sortedBy } from '../../explorer/sessions/sort-by.ts';
import { lookUp } from '../../explorer/text/look-up.ts';

type Order = 'asc' | 'desc';

/** The order of a list: by what, and whether the least or the most comes first. */
export interface Sort {
  readonly column: string;
  readonly order: Order;
}

interface Column {
  readonly key: (row: SessionRow, now: number) => number | string;
  /** Unless told otherwise. */
  readonly order: Order;
}

/** Under the names that the page's address has for them. */
const COLUMNS: Readonly<Record<string, Column>> = {
  session: { key: ({ id }) => id.toLowerCase(), order: 'asc' },
  client: { key: (row) => clientOf(row).toLowerCase(), order: 'asc' },
  server: { key: ({ service = '' }) => service.toLowerCase(), order: 'asc' },
  started: { key: ({ startedMs }, now) => startKey(startedMs, now), order: 'desc' },
  duration: { key: ({ durationMs }) => durationMs, order: 'desc' },
  calls: { key: ({ calls }) => calls, order: 'desc' },
  errors: { key: ({ errors }) => errors, order: 'desc' },
  error_rate: { key: errorRateOf, order: 'desc' },
  status: { key: ({ status }) => STATUS_ORDER[status], order: 'asc' },
  tools: { key: ({ tools }) => tools.join('\n').toLowerCase(), order: 'asc' },
};

export const NEWEST_FIRST: Sort = { column: 'started', order: 'desc' };
/** What may stand behind `--sort`, each column also with the order behind it. */
export const SORTS: readonly string[] = [...Object.keys(COLUMNS), 'asc', 'desc'];

/** `errors`, `errors:asc`; `asc` is the order of the starts. `undefined` where the text is none of these. */
export function sortOf(text: string): Sort | undefined {
  const [name = '', order, ...more] = text.trim().toLowerCase().split(':');
  if (order === undefined && isOrder(name)) return { column: 'started', order: name };
  const column = lookUp(COLUMNS, name);
  if (column === undefined || more.length > 0) return undefined;
  if (order === undefined) return { column: name, order: column.order };
  return isOrder(order) ? { column: name, order } : undefined;
}

/** @param rows - the newest first, which is how those that are alike stay */
export function sorted(rows: readonly SessionRow[], { column, order }: Sort, now: number): SessionRow[] {
  const { key } = COLUMNS[column] as Column;
  return sortedBy(rows, (row) => key(row, now), order);
}

function isOrder(text: string): text is Order {
  return text === 'asc' || text === 'desc';
}
