import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { median } from '../statistics.ts';
import type { Options } from './options.ts';
import { type PanelQuery, panelQueries } from './queries.ts';
import { arrivingSpans, rangeOf } from './spans.ts';
import { type Answered, type Store, startStore, TABLE } from './store.ts';

export interface Results {
  readonly table: Table;
  readonly scan: Times;
  readonly panels: readonly Measured[];
}

/** What was put into the table, and what it came to. */
export interface Table {
  readonly rows: number;
  readonly sessions: number;
  readonly parts: number;
  readonly bytesPerRow: number;
  /** Of them, in indexes. */
  readonly indexBytesPerRow: number;
  readonly insertedPerSecond: number;
}

export interface Times {
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Of the processor, half of the times. */
  readonly processorMs: number;
}

export interface Measured extends Times, Pick<PanelQuery, 'dashboard' | 'panel'> {
  readonly readRows: number;
  /** Of the answer. */
  readonly rows: number;
}

export interface MeasureParts {
  readonly engineFolder: string;
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** As many as the Collector of the stack sends at once. */
const BATCH = 5_000;
/** Rows that are made up at a stretch: tsx kills a program that does not hear of Ctrl-C at once. */
const BREATH = 250;
/** Reads every column of every row. */
const SCAN = `SELECT * FROM ${TABLE} FORMAT Null`;
/** Asked again, a query would be spared the granules in which it found nothing. */
const NO_MEMORY = { use_query_condition_cache: '0' };

export async function measure(options: Options, parts: MeasureParts): Promise<Results> {
  const { engineFolder, folder, say, signal } = parts;
  await mkdir(folder, { recursive: true });
  const store = await startStore(engineFolder, join(folder, 'clickhouse'));
  try {
    const insertedPerSecond = await fill(store, options, parts);
    say('waiting until parts are merged');
    await store.settle(signal);
    const queries = await panelQueries(store.url, rangeOf(options), await someSession(store));
    const { scan, panels } = await askInTurns(store, queries, options, parts);
    return { table: { ...(await tableOf(store, options)), insertedPerSecond }, scan, panels };
  } finally {
    await store.close();
  }
}

/** @returns rows that were inserted in a second; the time to make them up is not counted. */
async function fill(store: Store, options: Options, { say, signal }: MeasureParts): Promise<number> {
  let [rows, ms] = [0, 0];
  const insert = async (lines: readonly string[]): Promise<void> => {
    signal.throwIfAborted();
    const startedAt = performance.now();
    await store.insert(lines.join('\n'));
    ms += performance.now() - startedAt;
    rows += lines.length;
    if (rows % (20 * BATCH) === 0) say(`${rows} of ${options.spans} spans inserted`);
  };
  let lines: string[] = [];
  for (const row of arrivingSpans(options)) {
    lines.push(JSON.stringify(row));
    if (lines.length % BREATH === 0) await setImmediate();
    if (lines.length < BATCH) continue;
    await insert(lines);
    lines = [];
  }
  if (lines.length > 0) await insert(lines);
  return (rows / ms) * 1_000;
}

/** One from the middle. */
async function someSession(store: Store): Promise<string> {
  const { data } = await store.ask(
    `SELECT argMin(SpanAttributes['mcp.client.session.id'], abs(toUnixTimestamp(Timestamp) - middle))
     FROM ${TABLE}, (SELECT avg(toUnixTimestamp(Timestamp)) AS middle FROM ${TABLE}) AS times
     WHERE SpanName = 'mcp.session end'`,
  );
  return String(data[0]?.[0]);
}

/** Every query in every round, and the scan before those of each dashboard; once before it counts. */
async function askInTurns(
  store: Store,
  queries: readonly PanelQuery[],
  { rounds }: Options,
  { say, signal }: MeasureParts,
): Promise<Pick<Results, 'scan' | 'panels'>> {
  const scans: Answered[] = [];
  const asked = queries.map((query) => ({ ...query, answers: [] as Answered[] }));
  for (let round = 0; round <= rounds; round += 1) {
    say(round === 0 ? 'asking everything once' : `round ${round} of ${rounds}`);
    for (const [index, query] of asked.entries()) {
      signal.throwIfAborted();
      const isFirst = query.dashboard !== asked[index - 1]?.dashboard;
      const scanned = isFirst ? await store.ask(SCAN, NO_MEMORY) : undefined;
      const answer = await store.ask(query.sql, { ...query.settings, ...NO_MEMORY });
      if (round === 0) continue;
      query.answers.push(answer);
      if (scanned !== undefined) scans.push(scanned);
    }
  }
  return { scan: timesOf(scans), panels: asked.map(measuredOf) };
}

function measuredOf({ dashboard, panel, answers }: PanelQuery & { answers: readonly Answered[] }): Measured {
  const { readRows, data } = answers.at(-1) as Answered;
  return { dashboard, panel, readRows, rows: data.length, ...timesOf(answers) };
}

async function tableOf(store: Store, { sessions }: Options): Promise<Omit<Table, 'insertedPerSecond'>> {
  const { data } = await store.ask(
    `SELECT count(), sum(rows), sum(bytes_on_disk), sum(secondary_indices_compressed_bytes)
     FROM system.parts WHERE active AND concat(database, '.', table) = '${TABLE}'`,
  );
  const [parts = 0, rows = 0, bytes = 0, indexBytes = 0] = (data[0] ?? []).map(Number);
  return { sessions, parts, rows, bytesPerRow: bytes / rows, indexBytesPerRow: indexBytes / rows };
}

function timesOf(answers: readonly Answered[]): Times {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    p50Ms: median(sorted),
    p95Ms: sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN,
    processorMs: median(answers.map(({ processorMs }) => processorMs)),
  };
}
