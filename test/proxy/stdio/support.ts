import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach } from '@jest/globals';
import { built, ensureBuilt } from '../../support/built.ts';
import { type Child, type ChildOptions, killChildren, startChild } from '../../support/child.ts';
import { type RecordingFolder, recordingFolder } from '../../support/recorded.ts';

const PROGRAM = join(__dirname, 'programs/program.mjs');
/** A server of either SDK, that is not instrumented. */
const SERVER = join(__dirname, '../../process/servers/stdio.mjs');

/** What the current test records. */
export let recorded: RecordingFolder;

/** Call in a test file: the package is built, and each test has a folder of its own and leaves nothing running. */
export function recordEachTest(): void {
  beforeAll(ensureBuilt, 60_000);
  beforeEach(() => {
    recorded = recordingFolder();
  });
  afterEach(() => {
    killChildren();
    recorded.remove();
  });
}

/** Options of `run`, for what the test is about and to record to its folder. */
export function options(...more: string[]): string[] {
  return ['--dir', recorded.dir, ...more];
}

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
