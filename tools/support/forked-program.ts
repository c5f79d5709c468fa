import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Nothing that is asked at once takes as long. */
const TIMEOUT_MS = 180_000;

export interface ProgramOptions {
  /** Kills it, at once. */
  signal: AbortSignal;
  /** Arguments of Node. */
  execArgv: string[];
  /** Its whole environment. Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** Where it runs. Default: where this process does. */
  folder?: string;
  /** Milliseconds that it may take for one answer. Default: three minutes. */
  timeoutMs?: number;
}

/** A program in a process of its own, which answers by messages. Its stdout goes to the null device. */
export class ForkedProgram {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #timeoutMs: number;
  /** The exit code; `null` where it was killed. */
  readonly #closed: Promise<number | null>;
  #stderr = '';

  /** @param job - given to the program as JSON */
  constructor(file: string, job: object, options: ProgramOptions) {
    const { signal, execArgv, env, folder, timeoutMs } = options;
    this.#name = `${file} ${JSON.stringify(job)}`;
    this.#timeoutMs = timeoutMs ?? TIMEOUT_MS;
    const child = fork(file, [JSON.stringify(job)], {
      execArgv,
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      signal,
      killSignal: 'SIGKILL',
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = `${this.#stderr}${chunk}`.slice(-4_000);
    });
    this.#process = child;
    this.#closed = closed(child);
    this.#closed.catch(() => {});
  }

  /** The next message of the program; rejects if it exits instead, or says nothing for too long. */
  async answer<T>(): Promise<T> {
    const waiting = new AbortController();
    const { signal } = waiting;
    try {
      return await Promise.race([
        once(this.#process, 'message', { signal }).then(([message]) => message as T),
        this.#closed.then((code) => this.#fail(`exited with ${code}`)),
        delay(this.#timeoutMs, undefined, { signal }).then(() => this.#fail('did not answer')),
      ]);
    } finally {
      waiting.abort();
    }
  }

  ask<T>(question: string): Promise<T> {
    this.#process.send(question);
    return this.answer();
  }

  /** Lets go of it. Resolves when it has exited; rejects if it failed. */
  async end(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    const code = await this.#closed;
    if (code !== 0) this.#fail(`exited with ${code}`);
  }

  /** Kills it, if it has not exited by itself. */
  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#closed.catch(() => {});
  }

  #fail(how: string): never {
    throw new Error(`${this.#name} ${how}\n${this.#stderr}`);
  }
}

/** For a program that says one thing and exits. */
export async function runForked<T>(file: string, job: object, options: ProgramOptions): Promise<T> {
  const program = new ForkedProgram(file, job, options);
  try {
    const answer = await program.answer<T>();
    await program.end();
    return answer;
  } finally {
    await program.stop();
  }
}

/** The exit code, when all that it said and wrote has been read. Node never tells `close` of one that was let go of. */
function closed(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
    child.once('exit', (code) => {
      if (child.connected || child.stderr === null) return;
      finished(child.stderr).then(() => resolve(code), reject);
    });
  });
}
