import type { Program, Reply } from './program.ts';

export const INSERT =
  'INSERT INTO otel.otel_traces (Timestamp, TraceId, SpanId, SpanName) FORMAT JSONEachRow';
export const BATCH_ROWS = 10_000;

/** The rows of one batch, all of one trace, on one day. */
export function batch(name: string, rows = BATCH_ROWS): string {
  const timestamp = new Date().toISOString().replace(/T.*/, ' 00:00:01');
  const line = (index: number): string =>
    JSON.stringify({ Timestamp: timestamp, TraceId: name, SpanId: `${name}-${index}`, SpanName: 'check' });
  return `${Array.from({ length: rows }, (_, index) => line(index)).join('\n')}\n`;
}

/** What became of the batches of some inserters. */
export interface Inserted {
  /** Names of batches that were answered with 200. */
  acknowledged: string[];
  /** Why the inserters ended, each. */
  ends: string[];
}

/**
 * Inserts batch after batch, several at a time, until `isEnough`, or an insert fails.
 *
 * @param prefix - of the batches' names
 */
export async function insertUntil(
  program: Program,
  { prefix, inserters }: { prefix: string; inserters: number },
  isEnough: (inserted: Inserted) => boolean,
): Promise<Inserted> {
  const inserted: Inserted = { acknowledged: [], ends: [] };
  let count = 0;
  const insertOn = async (): Promise<string> => {
    while (!isEnough(inserted)) {
      count += 1;
      const name = `${prefix}-${count}`;
      const reply = await program.insert(INSERT, batch(name)).catch(noReply);
      if (reply.status !== 200) return `${reply.status} ${reply.text.slice(0, 80)}`;
      inserted.acknowledged.push(name);
    }
    return 'enough';
  };
  inserted.ends = await Promise.all(Array.from({ length: inserters }, insertOn));
  return inserted;
}

/** How many rows of each batch are in the table. */
export async function batchesIn(program: Program): Promise<Map<string, number>> {
  const sql = "SELECT TraceId, count() FROM otel.otel_traces WHERE SpanName = 'check' GROUP BY TraceId";
  const { text } = await program.ask(sql);
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [name = '', rows] = line.split('\t');
      return [name, Number(rows)];
    }),
  );
}

/** What is wrong with a table after inserts that may have been cut off: nothing, or a sentence. */
export function faultOf(
  table: ReadonlyMap<string, number>,
  acknowledged: readonly string[],
): string | undefined {
  const parts = [...table]
    .filter(([, rows]) => rows !== BATCH_ROWS)
    .map(([name, rows]) => `${name}: ${rows} rows`);
  const lost = acknowledged.filter((name) => !table.has(name));
  if (parts.length > 0) return `batches that are not whole: ${parts.join(', ')}`;
  return lost.length > 0 ? `acknowledged, but not there: ${lost.join(', ')}` : undefined;
}

function noReply(error: Error): Reply {
  return { status: 0, code: null, text: `no answer: ${error.message}` };
}
