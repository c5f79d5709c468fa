import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { tail } from '../support/children.ts';

/** Runs programs one after the other, everything they write in one log. */
export class LoggedRunner {
  readonly #log: WriteStream;
  readonly #logPath: string;
  readonly #signal: AbortSignal | undefined;

  constructor(logPath: string, signal?: AbortSignal) {
    this.#logPath = logPath;
    this.#signal = signal;
    this.#log = createWriteStream(logPath, { flags: 'a' });
    // A log that cannot be written is no reason not to build.
    this.#log.on('error', () => {});
  }

  /** Resolves with stdout. Rejects, with the last lines and the log's path, where the program fails. */
  readonly run = (file: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> => {
    this.#signal?.throwIfAborted();
    this.#log.write(`\n$ ${[file, ...args].join(' ')}\n`);
    return new Promise((resolve, reject) => {
      // A group of its own: the Go command does not end its compilers when it is killed.
      const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      const abort = (): void => killGroup(child);
      this.#signal?.addEventListener('abort', abort, { once: true });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk;
        this.#log.write(chunk);
      });
      child.stderr.on('data', (chunk: Buffer) => {
        stderr = (stderr + chunk).slice(-20_000);
        this.#log.write(chunk);
      });
      child.once('error', (error) => reject(error));
      child.once('close', (code) => {
        this.#signal?.removeEventListener('abort', abort);
        if (this.#signal?.aborted) reject(this.#signal.reason);
        else if (code === 0) resolve(stdout);
        else reject(new Error(this.#failure([file, ...args], code, tail(stderr, 12) || tail(stdout, 12))));
      });
    });
  };

  close(): void {
    this.#log.end();
  }

  #failure(command: string[], code: number | null, output: string): string {
    return `${command.join(' ')} exited with ${code ?? 'a signal'}:\n${output}All of it is in ${this.#logPath}`;
  }
}

/** What Go is told for a build: no C, no other toolchain than the one at hand, no path of this machine in the result. */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const flags = (env['GOFLAGS'] ?? '').split(' ').filter((flag) => flag !== '' && !flag.startsWith('-mod='));
  const wanted = ['-trimpath', '-buildvcs=false'].filter((flag) => !flags.includes(flag));
  return {
    ...env,
    GOFLAGS: [...flags, ...wanted].join(' '),
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    CGO_ENABLED: '0',
  };
}

/** Throws, with what to do, where the version that `go env GOVERSION` tells is too old. */
export function requireGo(told: string | undefined, needed: string): void {
  if (told === undefined) {
    throw new Error(
      `Go is missing: stack:install builds the stack with Go ${needed} or newer. Install it, or run the stack in Docker.`,
    );
  }
  const found = /^go(\d+)\.(\d+)(?:\.(\d+))?/.exec(told.trim());
  if (found !== null && compare(found.slice(1).map(numberOf), needed.split('.').map(Number)) >= 0) return;
  throw new Error(
    `Go ${needed} or newer is needed to build the stack, here is ${told.trim()}. Install it, or run the stack in Docker.`,
  );
}

function numberOf(text: string | undefined): number {
  return Number(text ?? 0);
}

function compare(left: number[], right: number[]): number {
  const index = left.findIndex((number, place) => number !== right[place]);
  return index === -1 ? 0 : left[index]! - (right[index] ?? 0);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has gone already.
  }
}
