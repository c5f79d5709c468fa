import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiSessions, ApiState } from '../../src/cli/ui/api.ts';
import { BUILT_CLI } from '../support/built.ts';
import { endChild } from '../support/server-child.ts';

const STARTUP_MS = 20_000;
const SHUTDOWN_MS = 5_000;
const ASK_AGAIN_MS = 100;
const ANSWER_MS = 10_000;

/** Ends the process when the one that started it is gone, whatever ended that. */
const LEASH = "data:text/javascript,process.once('disconnect',()=>process.exit());process.channel.unref()";

/** The package's own `ui` command, in a process of its own. */
export interface PageProcess {
  url: URL;
  /** Resolves when the process is gone. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
  /** Ends it, now. */
  kill(): void;
}

/**
 * Starts the built `mcp-sessionscope ui` on a folder, receiving on whatever port is free and opening nothing.
 *
 * @param port - default: the command's own
 */
export async function startPage(dir: string, port?: number): Promise<PageProcess> {
  const args = ['ui', '--dir', dir, '--otlp-port', '0', '--no-open'];
  const child = fork(BUILT_CLI, port === undefined ? args : [...args, '--port', String(port)], {
    execArgv: ['--import', LEASH],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // Ctrl-C reaches the demo only, which then ends its page in order.
    detached: true,
  });
  const ended = once(child, 'exit');
  try {
    return {
      url: await addressOf(child),
      ended,
      stop: () => endChild(child, SHUTDOWN_MS),
      kill: () => void child.kill('SIGKILL'),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/**
 * Asks the page as a browser would: for itself, its script, and, when it has read the folder, the sessions.
 *
 * @returns the number of bytes of its script, and the ids of the sessions
 */
export async function askPage(url: URL): Promise<{ scriptBytes: number; ids: string[] }> {
  const html = await textOf(url);
  const script = /<script[^>]* src="([^"]+)"/.exec(html)?.[1];
  if (script === undefined) throw new Error(`${url} is no page with a script: ${html.slice(0, 200)}`);
  const scriptBytes = (await textOf(new URL(script, url))).length;
  const deadline = Date.now() + ANSWER_MS;
  for (;;) {
    const { indexing } = JSON.parse(await textOf(new URL('/api/state', url))) as ApiState;
    if (indexing === undefined) break;
    if (Date.now() > deadline) throw new Error(`${url} is still reading the recording`);
    await sleep(ASK_AGAIN_MS);
  }
  const { rows } = JSON.parse(await textOf(new URL('/api/sessions', url))) as ApiSessions;
  return { scriptBytes, ids: rows.map(({ id }) => id) };
}

async function textOf(url: URL): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 200)}`);
  return text;
}

/** Reads on afterwards, so that the page can write on. */
function addressOf(child: ChildProcess): Promise<URL> {
  return new Promise((resolve, reject) => {
    let text = '';
    const failed = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`the page ${why}`));
    };
    const timer = setTimeout(() => failed(`did not start within ${STARTUP_MS / 1000} s`), STARTUP_MS);
    child.once('error', (error) => failed(`did not start: ${error.message}`));
    child.once('exit', (code, signal) => failed(`ended with ${code ?? signal} before it was there`));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (text.length < 10_000) text += chunk;
      const address = /^Sessions page: (http\S+)/m.exec(text)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(new URL(address));
    });
  });
}
