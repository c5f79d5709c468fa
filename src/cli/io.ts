import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import type { TextSink } from '../explorer/text/text-sink.ts';
import { homeFolder } from '../sdk/export/recording-dir.ts';
import { openInBrowser } from './browser.ts';
import { endLike } from './end-like.ts';

/** Everything a command touches outside its arguments and files. */
export interface CliIo {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home folder; asked only where it is needed. */
  readonly homedir: () => string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Whether stdout is a terminal. */
  readonly isTTY: boolean;
  /** Whether stderr is a terminal: progress is drawn there. */
  readonly isStderrTTY: boolean;
  /** Width of that terminal in columns; `undefined` where it is not known. */
  readonly columns: number | undefined;
  /** IANA name of the zone in which times are shown; `undefined`: the machine's. */
  readonly timeZone: string | undefined;
  /** The folder of the dashboards that came with the package. */
  readonly dashboardsDir: string;
  /** The folder of the built page. */
  readonly pageDir: string;
  /** Asks whoever sits at the terminal, and gives the answer; `undefined` where nobody does. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Asks the system to show a URL; nothing tells whether it did. */
  readonly openBrowser: (url: string) => void;
  /**
   * Calls the listener for each signal that asks the process to end, which then does not end it any more.
   *
   * @returns ends that
   */
  readonly onStopSignal: (listener: (signal: StopSignal) => void) => () => void;
  /** stdin and stdout, for a command that passes on what comes: that somebody closes them does not end the process. */
  readonly takeWire: () => { input: Readable; output: Writable };
  /** Ends this process as another one has ended. */
  readonly endLike: (ended: { code: number | null; signal: NodeJS.Signals | null }) => void;
}

export type StopSignal = 'SIGINT' | 'SIGTERM';

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM'];

/** A failure to tell the user about in a sentence, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /**
   * 1: what was asked for cannot be had. 2: the question was wrong. 126, 127: a program cannot be run, is not there. 130, 143:
   * ended by SIGINT, by SIGTERM.
   */
  readonly exitCode: 1 | 2 | 126 | 127 | 130 | 143;

  constructor(message: string, exitCode: CliError['exitCode']) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * The process's own streams. A reader that goes away (`| head`) ends the command quietly.
 *
 * @param scriptUrl - `import.meta.url` of a file in the package
 */
export function processIo(scriptUrl: string): CliIo {
  process.stdout.on('error', endQuietlyOnClosedPipe);
  process.stderr.on('error', endQuietlyOnClosedPipe);
  const packageFolder = packageDir(fileURLToPath(scriptUrl));
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    homedir: () => homeFolderOrFail(),
    now: Date.now,
    isTTY: process.stdout.isTTY === true,
    columns: process.stdout.columns,
    timeZone: undefined,
    isStderrTTY: process.stderr.isTTY === true,
    dashboardsDir: join(packageFolder, 'dashboards'),
    pageDir: join(packageFolder, 'dist/page'),
    // Asked of the system: to touch `process.stdin` would open it.
    ask: isatty(0) && isatty(2) ? askOnTerminal : undefined,
    openBrowser: (url) => openInBrowser(url),
    onStopSignal: (listener) => {
      for (const signal of STOP_SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, listener);
      };
    },
    takeWire: () => {
      for (const each of [process.stdout, process.stderr]) each.off('error', endQuietlyOnClosedPipe);
      return { input: process.stdin, output: process.stdout };
    },
    endLike,
  };
}

/** Ctrl-C ends the command; who goes away without an answer has said nothing. */
function askOnTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise<string>((resolve, reject) => {
    const leave = (end: () => void): void => {
      terminal.off('close', close);
      // The cursor still stands behind the question.
      process.stderr.write('\n');
      end();
    };
    const close = (): void => leave(() => resolve(''));
    terminal.once('SIGINT', () => leave(() => reject(new CliError('stopped', 130))));
    terminal.once('close', close);
    terminal.question(question, (answer) => {
      terminal.off('close', close);
      resolve(answer);
    });
  }).finally(() => terminal.close());
}

function homeFolderOrFail(): string {
  try {
    return homeFolder();
  } catch (error) {
    throw new CliError((error as Error).message, 1);
  }
}

/** The nearest folder above that holds a package.json: from `dist` and from `src` the same. */
function packageDir(path: string): string {
  const dir = dirname(path);
  return dir === path || existsSync(join(dir, 'package.json')) ? dir : packageDir(dir);
}

function endQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
