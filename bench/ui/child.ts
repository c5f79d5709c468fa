import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ForkedProgram, type ProgramOptions, runForked } from '../../tools/support/forked-program.ts';

const CHILDREN = fileURLToPath(new URL('./children/', import.meta.url));

/** Starts a program of `children/`. */
export function startChild(program: string, job: object, signal: AbortSignal): ForkedProgram {
  return new ForkedProgram(join(CHILDREN, program), job, optionsWith(signal));
}

/** For one that says one thing and exits. */
export function runChild<T>(program: string, job: object, signal: AbortSignal): Promise<T> {
  return runForked(join(CHILDREN, program), job, optionsWith(signal));
}

function optionsWith(signal: AbortSignal): ProgramOptions {
  return { signal, execArgv: ['--expose-gc', '--no-warnings', '--import', 'tsx'] };
}
