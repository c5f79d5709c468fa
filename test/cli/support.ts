import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { CliIo } from '../../src/cli/io.ts';
import { main } from '../../src/cli/program.ts';
import { NOW } from '../explorer/support.ts';

export interface CliRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command in this process with streams and a clock of its own. */
export async function runCli(argv: string[], overrides: Partial<CliIo> = {}): Promise<CliRun> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(argv, {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    env: {},
    homedir: () => join(tmpdir(), 'nobody'),
    now: () => NOW,
    isTTY: false,
    columns: undefined,
    timeZone: 'UTC',
    isStderrTTY: false,
    dashboardsDir: join(__dirname, '../../dashboards'),
    pageDir: join(__dirname, '../../dist/page'),
    ask: undefined,
    openBrowser: () => {},
    onStopSignal: () => () => {},
    takeWire: () => ({ input: new PassThrough(), output: new PassThrough() }),
    endLike: () => {},
    ...overrides,
  });
  return { code, stdout: out.join(''), stderr: err.join('') };
}

/** The rows of `sessions --json`, as parsed. */
export async function listRows(path: string, ...options: string[]): Promise<any[]> {
  return JSON.parse((await runCli(['sessions', path, '--json', ...options])).stdout);
}
