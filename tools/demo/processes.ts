import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endChild } from '../support/server-child.ts';

const STARTUP_MS = 20_000;
const SHUTDOWN_MS = 5_000;

/** The demo's HTTP servers, each in a process of its own. */
export class ServerProcesses {
  readonly #env: NodeJS.ProcessEnv;
  readonly #running = new Set<ChildProcess>();

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /**
   * Starts `servers/<name>.ts`.
   *
   * @returns its MCP endpoint
   */
  async start(name: string): Promise<URL> {
    const child = fork(serverScript(name), {
      execArgv: ['--import', 'tsx'],
      env: this.#env,
      // The demo's stdout is for its result.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // Ctrl-C reaches the demo only, which then ends its servers in order.
      detached: true,
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return new URL(await addressOf(child, name));
  }

  /** Puts a new release out: the servers that have one offer their new tools from now on. */
  release(): void {
    for (const child of this.#running) child.send('release');
  }

  /** Ends every server by SIGTERM, on which it writes what it has recorded. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((child) => endChild(child, SHUTDOWN_MS)));
  }

  /** Ends every server, now. */
  kill(): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }
}

export function serverScript(name: string): string {
  return fileURLToPath(new URL(`./servers/${name}.ts`, import.meta.url));
}

function addressOf(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const failed = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`the server ${name} ${why}`));
    };
    const timer = setTimeout(() => failed(`did not start within ${STARTUP_MS / 1000} s`), STARTUP_MS);
    child.once('error', (error) => failed(`did not start: ${error.message}`));
    child.once('exit', (code, signal) => failed(`exited with ${code ?? signal} before it listened`));
    child.once('message', (message) => {
      clearTimeout(timer);
      resolve((message as { url: string }).url);
    });
  });
}
