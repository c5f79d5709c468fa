import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface LoadOptions {
  endpoint: string;
  calls: number;
  sessions: number;
  /** Sessions that stay open. */
  kept: number;
  onProgress(progress: { done: number; rate: number }): Promise<void>;
}

/** What the process that made the calls told. */
export interface Load {
  done: number;
  failed: number;
  /** Bytes of live heap, by calls done. */
  heaps: { done: number; heap: number }[];
  /** Closed servers that were not collected. */
  alive: number;
  /** Sessions that the manager holds as open before the shutdown. */
  active: number;
  stdout: string;
  /** The lines of the package. */
  stderr: string[];
  exitCode: number | null;
  /** Milliseconds from the end of the work to the end of the process. */
  exitMs: number;
}

export async function runLoad({ onProgress, ...options }: LoadOptions): Promise<Load> {
  const { child, output } = start('load.mjs', options);
  const load = { heaps: [] as Load['heaps'], alive: 0, active: 0, done: 0, failed: 0 };
  const started = performance.now();
  let ended = started;
  child.on('message', async (message: any) => {
    if (message.kind === 'progress') {
      load.heaps.push({ done: message.done, heap: message.heap });
      const rate = Math.round((message.done / (performance.now() - started)) * 1000);
      await onProgress({ done: message.done, rate });
    } else if (message.kind === 'done') {
      Object.assign(load, {
        done: message.done,
        failed: message.failed,
        alive: message.alive,
        active: message.active,
      });
    } else {
      ended = performance.now();
      return;
    }
    child.send('go on');
  });
  const [exitCode] = await once(child, 'exit');
  return { ...load, ...output(), exitCode, exitMs: performance.now() - ended };
}

/** @returns what it took to exit, and what was written to stdout. */
export async function runLinger(
  endpoint: string,
): Promise<{ exitMs: number; stdout: string; exitCode: number | null }> {
  const { child, output } = start('linger.mjs', { endpoint });
  let ended = performance.now();
  child.on('message', () => {
    ended = performance.now();
  });
  const [exitCode] = await once(child, 'exit');
  return { exitMs: performance.now() - ended, stdout: output().stdout, exitCode };
}

function start(
  file: string,
  options: object,
): { child: ChildProcess; output(): { stdout: string; stderr: string[] } } {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(options)], {
    execArgv: ['--expose-gc', '--no-warnings'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  // A parent that is interrupted takes its child along.
  process.once('exit', () => child.kill());
  return { child, output: () => ({ stdout, stderr: stderr.split('\n').filter((line) => line !== '') }) };
}
