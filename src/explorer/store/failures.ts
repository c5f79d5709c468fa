import { clientOf } from '../sessions/find.ts';
import { errorTypeOf, mostFrequent } from './calls.ts';
import { FLAG, NONE } from './columns.ts';
import { present } from './present.ts';
import type { Place } from './read-spans.ts';
import { scan } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import type { IndexedFile, SpanIndex } from './span-index.ts';
import type { Failure, FailureFilter, FailureQuery, Failures } from './types.ts';

const MAX_TYPES = 50;
const PLACES = new WeakMap<Failure, Place>();

/** What failed, newest first. */
export function failuresOf(index: SpanIndex, table: SessionTable, query: FailureQuery): Failures {
  const { after } = query;
  const counts = new Map<number, number>();
  const found: (Place & Pick<Failure, 'timeMs' | 'spanId'>)[] = [];
  let total = 0;
  for (const { file, row } of failedRows(index, table, query)) {
    const { type } = index.errors.get(file.columns.error[row]!);
    total += 1;
    counts.set(type, (counts.get(type) ?? 0) + 1);
    const failure = { file, row, timeMs: file.columns.start[row]!, spanId: spanIdOf(file, row) };
    if (after === undefined || inOrder(after, failure) < 0) found.push(failure);
  }
  found.sort(inOrder);
  return {
    total,
    types: mostFrequent(counts, MAX_TYPES, (number) => errorTypeOf(index, number)),
    failures: found.slice(0, query.limit).map(({ file, row, timeMs, spanId }) => {
      const type = errorTypeOf(index, index.errors.get(file.columns.error[row]!).type);
      const failure = { ...aboutOf(index, table, file, row), timeMs, spanId, type };
      PLACES.set(failure, { file, row });
      return failure;
    }),
  };
}

/** Where the span of a failure is that {@link failuresOf} gave. */
export function placeOf(failure: Failure): Place | undefined {
  return PLACES.get(failure);
}

/** The spans of the failures that match. */
export function* failedRows(index: SpanIndex, table: SessionTable, filter: FailureFilter): Generator<Place> {
  const tool = filter.tool === undefined ? undefined : index.tools.find(filter.tool);
  const type = filter.errorType;
  const client = filter.client?.toLowerCase();
  for (const { file, columns, rows } of scan(index, filter, FLAG.failed)) {
    for (const row of rows) {
      if (tool !== undefined && (tool === 0 || columns.tool[row] !== tool)) continue;
      if (type !== undefined && errorTypeOf(index, index.errors.get(columns.error[row]!).type) !== type)
        continue;
      if (client !== undefined && !isOfClient(client, aboutOf(index, table, file, row))) continue;
      yield { file, row };
    }
  }
}

export type FailureAbout = Pick<Failure, 'sessionId' | 'clientName' | 'clientVersion' | 'service'>;

/** As the row of its session has it, else as the span says itself. */
export function aboutOf(
  index: SpanIndex,
  table: SessionTable,
  { columns }: IndexedFile,
  row: number,
): FailureAbout {
  const session = columns.session[row]!;
  const known = session === NONE ? undefined : table.peek(session)?.row;
  const { clientName, clientVersion, service } = known ?? index.origins.get(columns.origin[row]!);
  return present({ sessionId: known?.id, clientName, clientVersion, service });
}

/** The id of the span of a failure. */
export function spanIdOf(file: IndexedFile, row: number): string {
  return file.failedIds.get(row) ?? '';
}

function isOfClient(part: string, about: FailureAbout): boolean {
  return clientOf(about).toLowerCase().includes(part);
}

function inOrder(a: Pick<Failure, 'timeMs' | 'spanId'>, b: Pick<Failure, 'timeMs' | 'spanId'>): number {
  return b.timeMs - a.timeMs || (a.spanId < b.spanId ? -1 : a.spanId > b.spanId ? 1 : 0);
}
