import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const STARTUP_MS = 30_000;

/**
 * The address that a server says on stderr it is listening on. Rejects, with what it wrote, where it ends or takes longer
 * than 30 s.
 */
export function untilListening(child: ChildProcess, name: string): Promise<URL> {
  return new Promise((resolve, reject) => {
    let text = '';
    const failed = (why: string): void => reject(new Error(`the server ${name} ${why}\n${text}`));
    const timer = setTimeout(() => failed(`did not start within ${STARTUP_MS / 1000} s`), STARTUP_MS);
    child.once('error', (error) => failed(`did not start: ${error.message}`));
    child.once('exit', (code) => failed(`exited with ${code} before it listened`));
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk;
      const address = /listening on (http\S+)/.exec(text)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(new URL(address));
    });
  });
}

/** SIGTERM, and SIGKILL where it is still there after `graceMs`; resolves when it has gone. */
export async function endChild(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(timer);
}
