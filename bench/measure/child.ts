import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHILDREN = fileURLToPath(new URL('../children/', import.meta.url));
/** Nothing that is measured takes as long. */
const TIMEOUT_MS = 600_000;

/** Every subject's queue holds whatever one run records: a dropped span costs nothing and would hide its cost. */
const QUEUE = {
  OTEL_BSP_MAX_QUEUE_SIZE: '2000000',
  OTEL_BSP_SCHEDULE_DELAY: '500',
};

/**
 * A program of `children/` in a process of its own, which answers by messages. Its stdout goes to the null device, its
 * home is an empty folder.
 */
export class Child {
  readonly #process: ChildProcess;
  readonly #closed: Promise<never>;

  /** @param job - given to the program as JSON */
  constructor(program: string, job: object, signal: AbortSignal) {
    const home = mkdtempSync(join(tmpdir(), 'mcp-sessionscope-bench-'));
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
    this.#process = child;
    this.#closed = new Promise((_, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        rmSync(home, { recursive: true, force: true });
        reject(new Error(`${program} ${JSON.stringify(job)} exited with ${code}\n${stderr}`));
      });
    });
    this.#closed.catch(() => {});
  }

  /** The next message of the program; rejects if it exits instead. */
  async answer<T>(): Promise<T> {
    const [message] = await Promise.race([once(this.#process, 'message'), this.#closed]);
    return message as T;
  }

  ask<T>(question: string): Promise<T> {
    this.#process.send(question);
    return this.answer();
  }
}

/** For a program that says one thing and exits. */
export function runChild<T>(program: string, job: object, signal: AbortSignal): Promise<T> {
  return new Child(program, job, signal).answer();
}

/** What the caller's shell sets for OpenTelemetry would be set for some subjects only. */
function withoutOtel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));
}
