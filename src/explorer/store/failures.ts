import { clientOf } from '../sessions/find.ts';
import { errorTypeOf, mostFrequent } from './calls.ts';
import { FLAG, NONE } from './columns.ts';
import { present } from './present.ts';
import type { Place } from './read-spans.ts';
import { scan } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import type { IndexedFile, SpanIndex } from './span-index.ts';
import type { Failure, FailureQuery, Failures } from './types.ts';

const MAX_TYPES = 50;
const PLACES = new WeakMap<Failure, Place>();

/** What failed, newest first. */
export function failuresOf(index: SpanIndex, table: SessionTable, query: FailureQuery): Failures {
  const { tool, errorType, after } = query;
  const toolNumber = tool === undefined ? undefined : index.tools.find(tool);
  const client = query.client?.toLowerCase();
  const counts = new Map<number, number>();
  const found: (Place & Pick<Failure, 'timeMs' | 'spanId'>)[] = [];
  let total = 0;
  const isOfClient = ({ file, row }: Place) =>
    client === undefined ||
    clientOf(aboutOf(index, table, file, row))
      .toLowerCase()
      .includes(client);
  for (const { file, columns, rows } of scan(index, query, FLAG.failed)) {
    for (const row of rows) {
      if (toolNumber !== undefined && (toolNumber === 0 || columns.tool[row] !== toolNumber)) continue;
      const { type } = index.errors.get(columns.error[row]!);
      if (errorType !== undefined && errorTypeOf(index, type) !== errorType) continue;
      if (!isOfClient({ file, row })) continue;
      total += 1;
      counts.set(type, (counts.get(type) ?? 0) + 1);
      const failure = { file, row, timeMs: columns.start[row]!, spanId: file.failedIds.get(row) ?? '' };
      if (after === undefined || inOrder(after, failure) < 0) found.push(failure);
    }
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

type About = Pick<Failure, 'sessionId' | 'clientName' | 'clientVersion' | 'service'>;

/** As the row of its session has it, else as the span says itself. */
function aboutOf(index: SpanIndex, table: SessionTable, { columns }: IndexedFile, row: number): About {
  const session = columns.session[row]!;
  const known = session === NONE ? undefined : table.peek(session)?.row;
  const { clientName, clientVersion, service } = known ?? index.origins.get(columns.origin[row]!);
  return present({ sessionId: known?.id, clientName, clientVersion, service });
}

function inOrder(a: Pick<Failure, 'timeMs' | 'spanId'>, b: Pick<Failure, 'timeMs' | 'spanId'>): number {
  return b.timeMs - a.timeMs || (a.spanId < b.spanId ? -1 : a.spanId > b.spanId ? 1 : 0);
}
