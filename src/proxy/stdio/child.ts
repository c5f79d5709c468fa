import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** A program whose stdin and stdout are ours, and whose stderr is that of this process. */
export type Child = ChildProcessByStdio<Writable, Readable, null>;

/** How a process ended: with a code, or by a signal. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The program cannot be started. The message says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** As a shell has it: 127 where there is no such program, 126 where it cannot be run. */
  readonly exitCode: 126 | 127;

  constructor(message: string, exitCode: 126 | 127) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** @throws StartError */
export async function startChild(command: string, args: readonly string[]): Promise<Child> {
  try {
    const child = (await spawner())(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      windowsHide: true,
    }) as Child;
    await once(child, 'spawn');
    return child;
  } catch (error) {
    throw startError(command, error as NodeJS.ErrnoException);
  }
}

/** Windows starts `npx`, which is `npx.cmd` there, through a shell only, for which arguments have to be written anew. */
async function spawner(): Promise<typeof spawn> {
  return process.platform === 'win32' ? (await import('cross-spawn')).default : spawn;
}

const NOT_FOUND =
  'Install it, or give its full path: the PATH of a program that was not started from a terminal is often a shorter one.';

function startError(command: string, { code, message }: NodeJS.ErrnoException): StartError {
  if (code === 'ENOENT') {
    const help = /\s/.test(command)
      ? 'Give the command and each of its arguments as words of their own: run -- npx -y some-server'
      : NOT_FOUND;
    return new StartError(`there is no program '${command}'. ${help}`, 127);
  }
  if (code === 'EACCES') {
    return new StartError(
      `'${command}' cannot be run: it is a folder, or a file that this user may not run (chmod +x)`,
      126,
    );
  }
  return new StartError(`'${command}' cannot be started: ${message}`, 126);
}
