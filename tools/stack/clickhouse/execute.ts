import { randomUUID } from 'node:crypto';
import type { Connection, Engine, Output } from './engine.ts';
import { failure } from './failure.ts';
import { answerHello, isHello } from './hello.ts';
import type { Ask } from './request.ts';
import {
  codeOf,
  type DataInsert,
  formatOf,
  hasOutfile,
  identifier,
  insertFromFile,
  isRead,
  quoted,
  splitStatements,
} from './sql.ts';

/** What a query came to. */
export interface Answer {
  bytes: Uint8Array;
  format: string;
  /** As ClickHouse names the numbers of X-ClickHouse-Summary. */
  summary: Readonly<Record<string, string>>;
}

/**
 * Runs a query.
 *
 * @param signal - aborts when nobody waits for the answer: a query that only reads is then ended
 */
export function runQuery(engine: Engine, ask: Ask, sql: string, signal: AbortSignal): Promise<Answer> {
  const [statement, ...more] = splitStatements(sql);
  if (statement === undefined) throw failure('SYNTAX_ERROR', 'Empty query');
  if (more.length > 0) throw failure('SYNTAX_ERROR', 'Multi-statements are not allowed');
  const code = codeOf(statement);
  refuseFiles(ask, code);
  return connected(engine, ask, async (connection, mark) => {
    if (isHello(ask, statement)) {
      return { bytes: await answerHello(connection), format: 'Native', summary: {} };
    }
    const format = formatOf(code) ?? ask.format;
    const run = () => connection.run(statement, { format: ask.format, params: ask.params });
    const output = await (isRead(code) ? endedBy(signal, engine, mark, run) : run());
    return { bytes: output.bytes, format, summary: summaryOf(output, format) };
  });
}

/** Inserts the rows of a file, all or none of each partition. */
export function runInsert(engine: Engine, ask: Ask, insert: DataInsert, path: string): Promise<Answer> {
  return connected(engine, ask, async (connection) => {
    const output = await connection.run(insertFromFile(insert, path));
    const rows = { read_rows: String(output.rows), written_rows: String(output.rows) };
    return { bytes: new Uint8Array(), format: ask.format, summary: { ...rows, ...timeOf(output) } };
  });
}

/** Runs the statements of a text, one after another. */
export async function runScript(engine: Engine, sql: string): Promise<void> {
  const connection = engine.connect();
  try {
    for (const statement of splitStatements(sql)) await connection.run(statement);
  } finally {
    connection.close();
  }
}

/**
 * The engine cuts what it inserts into blocks of a million rows or 256 MB, each in the table at once: a fault in the
 * second would leave the first. A body is smaller than any such block should be.
 */
const ONE_BLOCK = [
  ['min_insert_block_size_rows', '4000000000'],
  ['min_insert_block_size_bytes', '4000000000'],
] as const;

const READONLY = 'readonly';

/** What the engine's read-only mode lets through: it keeps tables as they are, not files. */
function refuseFiles(ask: Ask, code: string): void {
  if (hasOutfile(code)) throw failure('NOT_IMPLEMENTED', 'INTO OUTFILE is not done here: take the answer');
  if ((readonlyOf(ask) ?? '0') !== '0' && !isRead(code)) {
    throw failure('READONLY', 'only queries that read are run by GET or with readonly set: use POST');
  }
}

async function connected(
  engine: Engine,
  ask: Ask,
  work: (connection: Connection, mark: string) => Promise<Answer>,
): Promise<Answer> {
  const connection = engine.connect();
  const mark = randomUUID();
  try {
    if (ask.database !== undefined) await connection.run(`USE ${identifier(ask.database)}`);
    await connection.run(settingsOf(ask, mark));
    return await work(connection, mark);
  } finally {
    connection.close();
  }
}

/** A query gets no identifier from here, but this setting says which one it is. */
const MARK = 'log_comment';

/** Has the engine end a query that would keep a place for nobody. */
async function endedBy<T>(
  signal: AbortSignal,
  engine: Engine,
  mark: string,
  run: () => Promise<T>,
): Promise<T> {
  const end = (): void => {
    const connection = engine.connect();
    const kill = `KILL QUERY WHERE Settings['${MARK}'] = ${quoted(mark)} ASYNC`;
    // Where that fails, the query goes on to its own end.
    void connection
      .run(kill)
      .catch(() => {})
      .finally(connection.close);
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', end);
  try {
    return await run();
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** The kind of read-only mode. GET needs one; kind 2 lets the query itself change some settings. */
function readonlyOf({ settings, isReadonly }: Ask): string | undefined {
  const asked = settings.find(([name]) => name === READONLY)?.[1];
  return isReadonly && asked !== '1' ? '2' : asked;
}

/** The read-only mode comes last: in it no setting can be changed. */
function settingsOf(ask: Ask, mark: string): string {
  const others = ask.settings.filter(([name]) => name !== READONLY);
  const readonly = readonlyOf(ask);
  const all = [
    ...ONE_BLOCK,
    [MARK, mark] as const,
    ...others,
    ...(readonly === undefined ? [] : [[READONLY, readonly] as const]),
  ];
  return `SET ${all.map(([name, value]) => `${name} = ${quoted(value)}`).join(', ')}`;
}

function summaryOf(output: Output, format: string): Record<string, string> {
  return {
    ...readBy(output, format),
    result_rows: String(output.rows),
    result_bytes: String(output.bytes.length),
    ...timeOf(output),
  };
}

function timeOf({ seconds }: Output): { elapsed_ns: string } {
  return { elapsed_ns: String(Math.round(seconds * 1e9)) };
}

/** How much a query read is known only where its answer tells it: chdb has no other way to say. */
function readBy({ bytes }: Output, format: string): Record<string, string> {
  if (!/^JSON|^XML$/i.test(format)) return {};
  const end = Buffer.from(bytes.subarray(-300)).toString('latin1');
  const found = /rows_read"?[:>]\s*(\d+)\D+bytes_read"?[:>]\s*(\d+)/.exec(end);
  return found === null ? {} : { read_rows: found[1] ?? '', read_bytes: found[2] ?? '' };
}
