import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endChild, untilListening } from '../../../tools/support/server-child.ts';

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

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** The example, as it is. */
const NOTES = 'examples/streamable-http/server.ts';
/** A server with tools that fail, which reports its sessions every second. */
export const SHOP = 'test/system/stack/servers/shop-http.ts';
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
  const url = await untilListening(child, script);
  return { url, stderr: () => stderr, stop: () => endChild(child, SHUTDOWN_MS), kill };
}

function withoutOtel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));
}
