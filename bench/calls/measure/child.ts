import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ForkedProgram, type ProgramOptions, runForked } from '../../../tools/support/forked-program.ts';
import { removeFolderSync } from '../../../tools/support/remove-folder.ts';

const CHILDREN = fileURLToPath(new URL('../children/', import.meta.url));

/** Every subject's queue holds whatever one run records: a dropped span costs nothing and would hide its cost. */
const QUEUE = {
  OTEL_BSP_MAX_QUEUE_SIZE: '2000000',
  OTEL_BSP_SCHEDULE_DELAY: '500',
};

/** Starts a program of `children/`, whose home is an empty folder. */
export function startChild(program: string, job: object, signal: AbortSignal): ForkedProgram {
  return new ForkedProgram(join(CHILDREN, program), job, optionsWith(signal));
}

/** For one that says one thing and exits. */
export function runChild<T>(program: string, job: object, signal: AbortSignal): Promise<T> {
  return runForked(join(CHILDREN, program), job, optionsWith(signal));
}

function optionsWith(signal: AbortSignal): ProgramOptions {
  const home = mkdtempSync(join(homes(), 'home-'));
  return {
    signal,
    folder: home,
    env: { ...withoutOtel(process.env), ...QUEUE, HOME: home },
    execArgv: ['--expose-gc', '--no-warnings'],
  };
}

/** The folder of all homes; it goes with this process, however that ends. */
function homes(): string {
  homesDir ??= mkdtempSync(join(tmpdir(), 'mcp-sessionscope-bench-'));
  return homesDir;
}

let homesDir: string | undefined;
process.once('exit', () => {
  if (homesDir !== undefined) removeFolderSync(homesDir);
});

/** What the caller's shell sets for OpenTelemetry would be set for some subjects only. */
function withoutOtel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));
}
