import { type ChildProcess, spawn } from 'node:child_process';
import { onStopSignals } from './stop-signals.ts';

/** How a child process ended and what it wrote. */
export interface Ended {
  /** The exit code; 128 where a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

export interface RunOptions {
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** What it reads from stdin. Default: nothing. */
  input?: string;
  /** Milliseconds after which the child is killed. Default: 300000. */
  timeoutMs?: number;
}

const running = new Set<ChildProcess>();

/** Runs a program to its end, keeping what it writes. Does not reject for an exit code. */
export function run(file: string, args: string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    running.add(child);
    // A program that does not read all of it has its reasons.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, options.timeoutMs ?? 300_000);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    const settle = (): void => {
      clearTimeout(timer);
      running.delete(child);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code) => {
      settle();
      resolve({ code: code ?? 128, stdout, stderr, timedOut });
    });
  });
}

/** Like {@link run}, but a failure throws an error that shows the end of what the program wrote. */
export async function runOrThrow(file: string, args: string[], options: RunOptions = {}): Promise<Ended> {
  const ended = await run(file, args, options);
  if (ended.code === 0) return ended;
  const why = ended.timedOut ? 'took too long' : `exited with ${ended.code}`;
  throw new Error(`${[file, ...args].join(' ')} ${why}\n${tail(ended.stdout)}${tail(ended.stderr)}`);
}

/** On Ctrl-C and SIGTERM: ends the children that are still running, then this process. */
export function killChildrenOnSignals(): void {
  onStopSignals('once', (code) => {
    for (const child of running) child.kill('SIGKILL');
    process.exit(code);
  });
}

/** Keeps what this shell is set to for OpenTelemetry from changing what the programs under test do. */
function forgetOtelEnvironment(): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('OTEL_')) delete process.env[name];
  }
}

/** Runs a program's `main`; an error ends it with its message alone. */
export function runMain(main: () => Promise<void>): void {
  killChildrenOnSignals();
  forgetOtelEnvironment();
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}

/** The last lines of a text, for an error message. */
export function tail(text: string, lines = 25): string {
  const trimmed = text.trim();
  return trimmed === '' ? '' : `${trimmed.split('\n').slice(-lines).join('\n')}\n`;
}
