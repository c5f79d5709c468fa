import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { BUILT_CLI } from './built.ts';
import { endChild } from './server-child.ts';

const STARTUP_MS = 30_000;
const SHUTDOWN_MS = 5_000;

/** Ends the process when the one that started it is gone, whatever ended that. */
const LEASH = "data:text/javascript,process.once('disconnect',()=>process.exit());process.channel.unref()";

/** The built `mcp-sessionscope ui`, in a process of its own. */
export interface UiProcess {
  readonly url: URL;
  /** Where it receives OTLP; absent where it does not. */
  readonly otlpUrl?: URL;
  /** Resolves when the process is gone. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
  /** Ends it, now. */
  kill(): void;
}

/**
 * @param args - of the command, besides that it opens no browser
 * @param cli - the command's file; default: as it was built here
 */
export async function startUiProcess(args: readonly string[], cli = BUILT_CLI): Promise<UiProcess> {
  const child = fork(cli, ['ui', '--no-open', ...args], {
    execArgv: ['--import', LEASH],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // Ctrl-C reaches its parent only, which then ends it in order.
    detached: true,
  });
  const ended = once(child, 'exit');
  try {
    return {
      ...(await addressesOf(child)),
      ended,
      stop: () => endChild(child, SHUTDOWN_MS),
      kill: () => void child.kill('SIGKILL'),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Reads on afterwards, so that it can write on. */
function addressesOf(child: ChildProcess): Promise<Pick<UiProcess, 'url' | 'otlpUrl'>> {
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
      const url = /^Sessions page: (http\S+)/m.exec(text)?.[1];
      // The line after those with the addresses.
      if (url === undefined || !/^Recording: /m.test(text)) return;
      clearTimeout(timer);
      const otlpUrl = /^OTLP\/HTTP: +(http\S+)/m.exec(text)?.[1];
      resolve({ url: new URL(url), ...(otlpUrl !== undefined && { otlpUrl: new URL(otlpUrl) }) });
    });
  });
}
