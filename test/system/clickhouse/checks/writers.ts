import type { Check } from '../../../../tools/support/checks.ts';
import { BATCH_ROWS, batchesIn, faultOf, insertUntil } from './batches.ts';
import { type Program, type Reply, shown } from './program.ts';

const [INSERTERS, BATCHES, READERS] = [4, 40, 2];

const RUNNING = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT sleepEachRow%'";
/** Seconds that the queries take whose clients go. */
const ABANDONED_S = 60;

/** Clients that go while their queries run. */
export async function checkAbandoned(program: Program): Promise<Check> {
  const sql = `SELECT sleepEachRow(1) FROM numbers(${ABANDONED_S}) SETTINGS max_block_size = 1`;
  const gone = new AbortController();
  const asked = [1, 2].map(() => fetch(program.url, { method: 'POST', body: sql, signal: gone.signal }));
  const ended = Promise.allSettled(asked);
  const untilRunning = async (count: number): Promise<void> => {
    while (Number((await program.ask(RUNNING)).text) !== count) await program.ask('SELECT sleep(0.05)');
  };
  await untilRunning(asked.length);
  const start = performance.now();
  gone.abort();
  await ended;
  await untilRunning(0);
  const seconds = (performance.now() - start) / 1000;
  return {
    name: 'queries whose clients have gone are ended',
    ok: seconds < ABANDONED_S / 4,
    found: `${seconds.toFixed(1)} s, of ${ABANDONED_S}`,
  };
}

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
