import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { quoted } from '../../../../tools/stack/clickhouse/sql.ts';
import type { Check } from '../../../../tools/support/checks.ts';
import { BATCH_ROWS, batch, batchesIn, INSERT } from './batches.ts';
import { type Program, type Reply, shown } from './program.ts';

/** Queries that ClickHouse refuses, and how. */
const REFUSED: readonly { what: string; sql: string; data?: string; status: number; code: string }[] = [
  { what: 'bad syntax', sql: 'SELEC 1', status: 400, code: '62' },
  { what: 'two statements', sql: 'SELECT 1; SELECT 2', status: 400, code: '62' },
  { what: 'an unknown table', sql: 'SELECT * FROM otel.nope', status: 404, code: '60' },
  { what: 'an unknown database', sql: 'SELECT * FROM nope.nope', status: 404, code: '81' },
  { what: 'an unknown column', sql: 'SELECT nope FROM otel.otel_traces', status: 404, code: '47' },
  { what: 'too long a query', sql: slowQuery(), status: 408, code: '159' },
  {
    what: 'an insert of what is no time',
    sql: INSERT,
    data: '{"Timestamp":"noon"}',
    status: 400,
    code: '41',
  },
  {
    what: 'an insert into no table',
    sql: 'INSERT INTO otel.nope FORMAT CSV',
    data: '1',
    status: 404,
    code: '60',
  },
  {
    what: 'an insert of a cut block',
    sql: 'INSERT INTO otel.otel_traces (TraceId) FORMAT Native',
    data: '\u0001\u0005\u0007TraceId\u0006String\u0003cut',
    status: 500,
    code: '33',
  },
];

/** What is refused, how, and that the server goes on. */
export async function checkAnswers(program: Program, data: string): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { what, sql, data: rows, status, code } of REFUSED) {
    const reply = rows === undefined ? await program.ask(sql) : await program.insert(sql, rows);
    const ok = reply.status === status && reply.code === code && reply.text.startsWith(`Code: ${code}.`);
    checks.push({ name: `${what} is refused as ClickHouse does`, ok, found: shown(reply) });
  }
  checks.push(
    await checkGzip(program),
    await checkCutBody(program, data),
    await checkReadonly(program, data),
  );
  const alive = await program.ask('SELECT 1');
  const table = await batchesIn(program);
  checks.push({
    name: 'afterwards the server answers, and nothing of what was refused is in the table',
    ok: alive.text === '1\n' && [...table.keys()].join() === 'zipped',
    found: `${shown(alive)}, batches: ${[...table.keys()].join()}`,
  });
  return checks;
}

/** Takes three seconds, and may take one. */
function slowQuery(): string {
  return 'SELECT sleepEachRow(1) FROM numbers(3) SETTINGS max_block_size = 1, max_execution_time = 1';
}

async function checkGzip(program: Program): Promise<Check> {
  const reply = await program.insert(INSERT, gzipSync(batch('zipped')), { 'content-encoding': 'gzip' });
  const rows = (await batchesIn(program)).get('zipped');
  const ok = reply.status === 200 && rows === BATCH_ROWS;
  return { name: 'a gzipped body is inserted', ok, found: `${reply.status}, ${rows} rows` };
}

/** A client that goes away in the middle of its rows, at the end of a line: what came could be taken for all. */
async function checkCutBody(program: Program, data: string): Promise<Check> {
  const rows = batch('cut');
  const length = Buffer.byteLength(rows);
  const url = new URL(`?${new URLSearchParams({ query: INSERT })}`, program.url);
  const sent = request(url, { method: 'POST', headers: { 'content-length': length } });
  const lost = new Promise<void>((resolve) => sent.once('error', () => resolve()));
  sent.write(rows.slice(0, rows.indexOf('\n', length / 2) + 1), () => sent.destroy());
  await lost;
  while (!program.words().includes('ended half way')) await program.ask('SELECT sleep(0.05)');
  const kept = await readdir(join(data, 'incoming'));
  const found = (await batchesIn(program)).get('cut');
  return {
    name: 'a body that ends half way leaves no row and no file',
    ok: found === undefined && kept.length === 0,
    found: `${found ?? 0} rows, ${kept.length} files`,
  };
}

async function checkReadonly(program: Program, data: string): Promise<Check> {
  const file = quoted(join(data, 'written.csv'));
  const replies = [
    await get(program, 'TRUNCATE TABLE otel.otel_traces'),
    await get(program, 'INSERT INTO otel.otel_traces (TraceId) FORMAT CSV'),
    await get(program, `INSERT INTO FUNCTION file(${file}) SELECT 1`),
    await get(program, `WITH 1 AS a INSERT INTO FUNCTION file(${file}) SELECT a`),
    await get(program, `SELECT 1 INTO OUTFILE ${file}`),
  ];
  const codes = replies.map(({ code }) => code).join();
  return {
    name: 'GET changes no table and writes no file',
    ok: codes === '164,164,164,164,48' && !existsSync(join(data, 'written.csv')),
    found: replies.map(shown).join('; '),
  };
}

async function get(program: Program, query: string): Promise<Reply> {
  const response = await fetch(new URL(`?${new URLSearchParams({ query })}`, program.url));
  const code = response.headers.get('x-clickhouse-exception-code');
  return { status: response.status, code, text: await response.text() };
}
