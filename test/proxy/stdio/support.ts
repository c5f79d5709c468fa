import { join } from 'node:path';
import { built } from '../../support/built.ts';
import { type Child, type ChildOptions, startChild } from '../../support/child.ts';

const PROGRAM = join(__dirname, 'programs/program.mjs');
/** A server of either SDK, that is not instrumented. */
const SERVER = join(__dirname, '../../process/servers/stdio.mjs');

interface Options extends Omit<ChildOptions, 'args'> {
  /** Options of `run`. */
  options?: string[];
}

/** `run` before a command. */
export function startRun(command: string[], { options = [], ...rest }: Options = {}): Child {
  return startChild(built.cli, { ...rest, args: ['run', ...options, '--', ...command] });
}

/** The command of a program; see programs/program.mjs. */
export function program(...args: string[]): string[] {
  return [process.execPath, PROGRAM, ...args];
}

/** The command of a server of the SDK. */
export function server(sdk: 'v1' | 'v2' | 'v2-serve'): string[] {
  return [process.execPath, SERVER, JSON.stringify({ sdk })];
}
