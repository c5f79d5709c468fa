import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openEngine } from '../../tools/stack/clickhouse/engine.ts';
import { runScript } from '../../tools/stack/clickhouse/execute.ts';
import { createClickHouseServer } from '../../tools/stack/clickhouse/server.ts';
import { STACK_FOLDER } from '../../tools/stack/versions.ts';

/** ClickHouse with the stack's tables, over HTTP. */
export interface Store {
  readonly url: string;
  /** @param rows - in JSON, one a line */
  insert(rows: string): Promise<void>;
  ask(sql: string, settings?: Readonly<Record<string, string>>): Promise<Answered>;
  /** Resolves when the engine has nothing to merge for the moment. */
  settle(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface Answered {
  readonly ms: number;
  /** Of the processor: the engine runs in this process, and nothing else does meanwhile. */
  readonly processorMs: number;
  readonly readRows: number;
  readonly data: readonly (readonly unknown[])[];
}

export const TABLE = 'otel.otel_traces';
const SCHEMA = join(STACK_FOLDER, 'clickhouse', 'schema.sql');
const POLL_MS = 200;
/** Merges follow one another; so many looks without one in between are the end. */
const QUIET_LOOKS = 5;

export async function startStore(engineFolder: string, dataFolder: string): Promise<Store> {
  const engine = openEngine(engineFolder, join(dataFolder, 'data'));
  await runScript(engine, await readFile(SCHEMA, 'utf8'));
  const incomingFolder = join(dataFolder, 'incoming');
  const server = await createClickHouseServer({ engine, incomingFolder, log: () => {} });
  const url = `http://127.0.0.1:${await server.listen(0)}`;
  const ask = (sql: string, settings = {}): Promise<Answered> => askOver(url, sql, settings);
  return {
    url,
    ask,
    async insert(rows) {
      const query = `INSERT INTO ${TABLE} FORMAT JSONEachRow`;
      await post(`${url}/?${new URLSearchParams({ query })}`, rows);
    },
    async settle(signal) {
      for (let quiet = 0; quiet < QUIET_LOOKS; quiet += 1) {
        await delay(POLL_MS, undefined, { signal });
        const { data } = await ask('SELECT count() FROM system.merges');
        if (Number(data[0]?.[0]) > 0) quiet = 0;
      }
    },
    async close() {
      await server.close();
      await engine.close();
    },
  };
}

async function askOver(
  url: string,
  sql: string,
  settings: Readonly<Record<string, string>>,
): Promise<Answered> {
  const params = new URLSearchParams({
    ...settings,
    default_format: 'JSONCompact',
    output_format_write_statistics: '1',
  });
  const [startedAt, usedBefore] = [performance.now(), process.cpuUsage()];
  const response = await post(`${url}/?${params}`, sql);
  const text = await response.text();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(usedBefore);
  const summary = JSON.parse(response.headers.get('x-clickhouse-summary') ?? '{}') as { read_rows?: string };
  return {
    ms,
    processorMs: (user + system) / 1_000,
    readRows: Number(summary.read_rows ?? Number.NaN),
    data: text === '' ? [] : JSON.parse(text).data,
  };
}

async function post(url: string, body: string): Promise<Response> {
  const response = await fetch(url, { method: 'POST', body });
  if (!response.ok) throw new Error(`ClickHouse answered ${response.status}: ${await response.text()}`);
  return response;
}
