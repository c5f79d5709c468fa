import { clientOf } from '../sessions/find.ts';
import { FLAG, NONE } from './columns.ts';
import { scan } from './scan.ts';
import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';
import { errorTypeOf, mostFrequent } from './tools.ts';
import type { Failure, FailureQuery, Failures } from './types.ts';

const MAX_TYPES = 50;

/** What failed in sessions, newest first. */
export function failuresOf(index: SpanIndex, table: SessionTable, query: FailureQuery): Failures {
  const { tool, errorType, after } = query;
  const toolNumber = tool === undefined ? undefined : index.tools.find(tool);
  const client = query.client?.toLowerCase();
  const counts = new Map<number, number>();
  const found: Failure[] = [];
  let total = 0;
  scan(index, query, FLAG.failed, (columns, row, file) => {
    const session = columns.session[row]!;
    if (session === NONE) return;
    if (toolNumber !== undefined && (toolNumber === 0 || columns.tool[row] !== toolNumber)) return;
    const typeNumber = columns.errorType[row]!;
    const type = errorTypeOf(index, typeNumber);
    if (errorType !== undefined && type !== errorType) return;
    const known = table.peek(session);
    if (known === undefined) return;
    if (client !== undefined && !clientOf(known.row).toLowerCase().includes(client)) return;
    total += 1;
    counts.set(typeNumber, (counts.get(typeNumber) ?? 0) + 1);
    const failure = {
      sessionId: known.row.id,
      timeMs: columns.start[row]!,
      spanId: file.failedIds.get(row) ?? '',
      type,
    };
    if (after === undefined || inOrder(after, failure) < 0) found.push(failure);
  });
  found.sort(inOrder);
  return {
    total,
    types: mostFrequent(counts, MAX_TYPES, (number) => errorTypeOf(index, number)),
    failures: found.slice(0, query.limit),
  };
}

function inOrder(a: Pick<Failure, 'timeMs' | 'spanId'>, b: Pick<Failure, 'timeMs' | 'spanId'>): number {
  return b.timeMs - a.timeMs || (a.spanId < b.spanId ? -1 : a.spanId > b.spanId ? 1 : 0);
}
