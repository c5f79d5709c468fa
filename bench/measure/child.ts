import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHILDREN = fileURLToPath(new URL('../children/', import.meta.url));
/** Nothing that is measured takes as long. */
const TIMEOUT_MS = 180_000;

/** Every subject's queue holds whatever one run records: a dropped span costs nothing and would hide its cost. */
const QUEUE = {
  OTEL_BSP_MAX_QUEUE_SIZE: '2000000',
  OTEL_BSP_SCHEDULE_DELAY: '500',
};

/**
 * Runs a program of `children/` in a process of its own and returns what it sends. Its stdout goes to the null device,
 * its home is an empty folder.
 *
 * @param job - given to the program as JSON
 */
export async function runChild<T>(program: string, job: object, signal: AbortSignal): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'mcp-sessionscope-bench-'));
  try {
    return await run<T>(program, job, home, signal);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function run<T>(program: string, job: object, home: string, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(join(CHILDREN, program), [JSON.stringify(job)], {
      cwd: home,
      env: { ...withoutOtel(process.env), ...QUEUE, HOME: home },
      execArgv: ['--expose-gc', '--no-warnings'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      signal,
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = `${stderr}${chunk}`.slice(-4_000);
    });
    let result: T | undefined;
    child.on('message', (message) => {
      result = message as T;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 && result !== undefined) resolve(result);
      else reject(new Error(`${program} ${JSON.stringify(job)} exited with ${code}\n${stderr}`));
    });
  });
}

/** What the caller's shell sets for OpenTelemetry would be set for some subjects only. */
function withoutOtel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));
}
