import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server over Streamable HTTP, in a process of its own. */
export interface ExampleServer {
  url: URL;
  /** What it wrote to stderr. */
  stderr(): string;
  /** SIGTERM, on which it sends what it still has; resolves when it has gone. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): void;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The example, as it is. */
const NOTES = 'examples/streamable-http/server.ts';
/** A server with tools that fail, which reports its sessions every second. */
export const SHOP = 'tools/stack-test/servers/shop-http.ts';
const STARTUP_MS = 30_000;
const SHUTDOWN_MS = 10_000;

/** Starts the server on a free port and waits until it listens. It is killed with this process. */
export async function startExampleServer(
  env: Record<string, string>,
  script: string = NOTES,
): Promise<ExampleServer> {
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    cwd: ROOT,
    env: { ...withoutOtel(process.env), PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    // Ctrl-C reaches it only through this process.
    detached: true,
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const url = await addressOf(child, () => stderr);
  return { url, stderr: () => stderr, stop: () => stop(child), kill };
}

function addressOf(child: ChildProcess, stderr: () => string): Promise<URL> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the example server ${why}\n${stderr()}`));
    const timer = setTimeout(() => fail('did not start in time'), STARTUP_MS);
    child.once('error', (error) => fail(`did not start: ${error.message}`));
    child.once('exit', () => fail('ended'));
    child.stderr?.on('data', () => {
      const address = /listening on (http\S+)/.exec(stderr())?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(new URL(address));
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), SHUTDOWN_MS);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(timer);
}

function withoutOtel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));
}
