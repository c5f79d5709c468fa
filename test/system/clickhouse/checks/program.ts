import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STACK_FOLDER } from '../../../../tools/stack/versions.ts';
import { endChild, untilListening } from '../../../../tools/support/server-child.ts';

const MAIN = fileURLToPath(new URL('../../../../tools/stack/clickhouse/main.ts', import.meta.url));
export const SCHEMA = join(STACK_FOLDER, 'clickhouse', 'schema.sql');
/** Longer than what the program gives its queries. */
const END_MS = 20_000;

export interface Reply {
  status: number;
  /** ClickHouse's number of the error, where there is one. */
  code: string | null;
  text: string;
}

/** The server as a program of its own, with the stack's tables. */
export interface Program {
  readonly url: URL;
  readonly child: ChildProcess;
  /** Everything that it wrote. */
  words(): string;
  ask(sql: string, parameters?: Record<string, string>): Promise<Reply>;
  /** Sends data for an INSERT that says the format. */
  insert(sql: string, data: string | Uint8Array, headers?: Record<string, string>): Promise<Reply>;
  /** In order. */
  end(): Promise<void>;
  /** At once. */
  kill(): Promise<void>;
}

/** The command that runs the server. */
export function command(args: readonly string[]): string[] {
  return [process.execPath, '--import', 'tsx', MAIN, ...args];
}

/**
 * Starts the server.
 *
 * @param inFront - another program and its arguments, which runs the command that follows
 */
export async function startProgram(
  engine: string,
  data: string,
  inFront: readonly string[] = [],
): Promise<Program> {
  const line = command(['--engine', engine, '--data', data, '--schema', SCHEMA, '--port', '0']);
  const [file = '', ...args] = [...inFront, ...line];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk;
  });
  const url = await untilListening(child, 'in front of ClickHouse');
  return {
    url,
    child,
    words: () => words,
    ask: (sql, parameters = {}) => send(url, parameters, sql),
    insert: (sql, data, headers) => send(url, { query: sql }, data, headers),
    end: () => endChild(child, END_MS),
    kill: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The first line of an answer, for a report. */
export function shown({ status, code, text }: Reply): string {
  return `${status}${code === null ? '' : `, code ${code}`}: ${text.trim().split('\n')[0]?.slice(0, 100)}`;
}

async function send(
  url: URL,
  parameters: Record<string, string>,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const target = new URL(`?${new URLSearchParams(parameters)}`, url);
  const response = await fetch(target, { method: 'POST', body: Buffer.from(body), headers });
  const code = response.headers.get('x-clickhouse-exception-code');
  return { status: response.status, code, text: await response.text() };
}
