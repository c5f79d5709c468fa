import { homedir } from 'node:os';

/** Takes text; a stream of the process, or what a test gives. */
export interface TextSink {
  write(text: string): unknown;
}

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
  /** Width of that terminal in columns; `undefined` where it is not known. */
  readonly columns: number | undefined;
  /** IANA name of the zone in which times are shown; `undefined`: the machine's. */
  readonly timeZone: string | undefined;
}

/** A failure to tell the user about in a sentence, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** 1: what was asked for cannot be had. 2: the question was wrong. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The process's own streams. A reader that goes away (`| head`) ends the command quietly. */
export function processIo(): CliIo {
  process.stdout.on('error', endQuietlyOnClosedPipe);
  process.stderr.on('error', endQuietlyOnClosedPipe);
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    homedir,
    now: Date.now,
    isTTY: process.stdout.isTTY === true,
    columns: process.stdout.columns,
    timeZone: undefined,
  };
}

function endQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
