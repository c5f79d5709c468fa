import { type ChildProcess, fork } from 'node:child_process';
import { BUILT_CLI } from '../support/built.ts';
import { endChild } from '../support/server-child.ts';

const STARTUP_MS = 30_000;
const SHUTDOWN_MS = 5_000;

/** Ends the process when the one that started it is gone, whatever ended that. */
const LEASH = "data:text/javascript,process.once('disconnect',()=>process.exit())";

/** The built `mcp-sessionscope ui`, in a process of its own. */
export interface UiProcess {
  /** Without a slash at the end. */
  readonly url: string;
  /** Where it receives OTLP; empty where it does not. */
  readonly otlpUrl: string;
  readonly dir: string;
  stop(): Promise<void>;
}

export interface UiSettings {
  /** Default: any that is free. */
  readonly port?: number;
  /** Whether it receives OTLP. */
  readonly receives?: boolean;
  /** Default: `1d`. */
  readonly lostAfter?: string;
}

export async function startUi(dir: string, settings: UiSettings = {}): Promise<UiProcess> {
  const { port = 0, receives = false, lostAfter = '1d' } = settings;
  const args = ['ui', '--dir', dir, '--no-open', '--port', String(port), '--lost-after', lostAfter];
  const child = fork(BUILT_CLI, [...args, ...(receives ? ['--otlp-port', '0'] : ['--no-otlp'])], {
    execArgv: ['--import', LEASH],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const said = await addressesOf(child);
  const url = new URL(/^Sessions page: (\S+)/m.exec(said)![1]!).origin;
  const otlpUrl = /^OTLP\/HTTP: +(http\S+)/m.exec(said)?.[1] ?? '';
  return { url, otlpUrl, dir, stop: () => endChild(child, SHUTDOWN_MS) };
}

/** What it prints once it listens. */
function addressesOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    let errors = '';
    const failed = (why: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`mcp-sessionscope ui ${why}\n${errors}`));
    };
    const timer = setTimeout(() => failed(`did not start within ${STARTUP_MS / 1000} s`), STARTUP_MS);
    child.once('error', (error) => failed(`did not start: ${error.message}`));
    child.once('exit', (code, signal) => failed(`ended with ${code ?? signal}`));
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk).slice(-10_000);
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk;
      if (!/^Recording: /m.test(out)) return;
      clearTimeout(timer);
      resolve(out);
    });
  });
}
