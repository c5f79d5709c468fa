import type { Check } from '../../../../tools/support/checks.ts';
import { BATCH_ROWS, batchesIn, faultOf, insertUntil } from './batches.ts';
import { type Program, type Reply, shown } from './program.ts';

const [INSERTERS, BATCHES, READERS] = [4, 40, 2];

/** Several that insert at a time, while others read. */
export async function checkWriters(program: Program): Promise<Check[]> {
  let isDone = false;
  const seen: Reply[] = [];
  const readers = Array.from({ length: READERS }, async () => {
    while (!isDone)
      seen.push(await program.ask("SELECT count() FROM otel.otel_traces WHERE SpanName = 'check'"));
  });
  const inserted = await insertUntil(
    program,
    { prefix: 'written', inserters: INSERTERS },
    ({ acknowledged }) => {
      return acknowledged.length > BATCHES - INSERTERS;
    },
  );
  isDone = true;
  await Promise.all(readers);
  const table = await batchesIn(program);
  const written = [...table.keys()].filter((name) => name.startsWith('written')).length;
  const fault = faultOf(table, inserted.acknowledged);
  const wrong = seen.find(({ status, text }) => status !== 200 || Number(text) % BATCH_ROWS !== 0);
  return [
    {
      name: `${INSERTERS} that insert at a time: the count is exact`,
      ok:
        fault === undefined &&
        written === inserted.acknowledged.length &&
        inserted.ends.every((end) => end === 'enough'),
      found:
        fault ?? `${written * BATCH_ROWS} rows, ${inserted.acknowledged.length * BATCH_ROWS} acknowledged`,
    },
    {
      name: 'who reads meanwhile gets no error, and sees whole batches',
      ok: wrong === undefined && seen.length > 0,
      found: wrong === undefined ? `${seen.length} counts` : shown(wrong),
    },
  ];
}
