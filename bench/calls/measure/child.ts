import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CHILDREN = fileURLToPath(new URL('../children/', import.meta.url));
/** Nothing that is measured at once takes as long. */
const TIMEOUT_MS = 180_000;

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
  readonly #name: string;
  readonly #process: ChildProcess;
  /** The exit code; `null` where it was killed. */
  readonly #closed: Promise<number | null>;
  #stderr = '';

  /** @param job - given to the program as JSON */
  constructor(program: string, job: object, signal: AbortSignal) {
    this.#name = `${program} ${JSON.stringify(job)}`;
    const home = mkdtempSync(join(homes(), 'home-'));
    const child = fork(join(CHILDREN, program), [JSON.stringify(job)], {
      cwd: home,
      env: { ...withoutOtel(process.env), ...QUEUE, HOME: home },
      execArgv: ['--expose-gc', '--no-warnings'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      signal,
      killSignal: 'SIGKILL',
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = `${this.#stderr}${chunk}`.slice(-4_000);
    });
    this.#process = child;
    this.#closed = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    this.#closed.catch(() => {});
  }

  /** The next message of the program; rejects if it exits instead, or says nothing for three minutes. */
  async answer<T>(): Promise<T> {
    const waiting = new AbortController();
    const { signal } = waiting;
    try {
      return await Promise.race([
        once(this.#process, 'message', { signal }).then(([message]) => message as T),
        this.#closed.then((code) => this.#fail(`exited with ${code}`)),
        delay(TIMEOUT_MS, undefined, { signal }).then(() => this.#fail('did not answer')),
      ]);
    } finally {
      waiting.abort();
    }
  }

  ask<T>(question: string): Promise<T> {
    this.#process.send(question);
    return this.answer();
  }

  /** Resolves when it has exited; rejects if it failed. */
  async ended(): Promise<void> {
    const code = await this.#closed;
    if (code !== 0) this.#fail(`exited with ${code}`);
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#closed.catch(() => {});
  }

  #fail(how: string): never {
    throw new Error(`${this.#name} ${how}\n${this.#stderr}`);
  }
}

/** For a program that says one thing and exits. */
export async function runChild<T>(program: string, job: object, signal: AbortSignal): Promise<T> {
  const child = new Child(program, job, signal);
  try {
    const answer = await child.answer<T>();
    await child.ended();
    return answer;
  } finally {
    await child.stop();
  }
}

/** The folder of all homes; it goes with this process, however that ends. */
function homes(): string {
  homesDir ??= mkdtempSync(join(tmpdir(), 'mcp-sessionscope-bench-'));
  return homesDir;
}

let homesDir: string | undefined;
process.once('exit', () => {
  if (homesDir !== undefined) rmSync(homesDir, { recursive: true, force: true });
});

/** What the caller's shell sets for OpenTelemetry would be set for some subjects only. */
function withoutOtel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));
}
