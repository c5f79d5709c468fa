import { spawn } from 'node:child_process';
import { tail } from './children.ts';
import { untilOpen } from './ports.ts';
import { endChild } from './server-child.ts';

const SHUTDOWN_MS = 8_000;

/** A server that listens on a port. */
export interface Listening {
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  port: string;
  signal: AbortSignal;
}

/**
 * Starts a server, and ends it by SIGTERM when `work` is done. Rejects, with what the server wrote, where it does not
 * listen or does not end.
 */
export async function whileListening<T>(
  { command, args, cwd, env, port, signal }: Listening,
  work: (url: URL) => Promise<T>,
): Promise<{ result: T; output: string; exitCode: number | null }> {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.on('error', (error) => {
    output += `${error.message}\n`;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  }
  try {
    await untilOpen(port, () => child.exitCode === null && !signal.aborted);
    const result = await work(new URL(`http://localhost:${port}/mcp`));
    await endChild(child, SHUTDOWN_MS);
    if (child.signalCode === 'SIGKILL') throw new Error('it did not end with SIGTERM');
    return { result, output, exitCode: child.exitCode };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${tail(output)}`);
  } finally {
    await endChild(child, 0);
  }
}
