import { readOnly } from '../../../tools/support/only-option.ts';
import { RUNTIMES, type Runtime } from './runtimes.ts';

const NAMES: readonly string[] = RUNTIMES.map(({ name }) => name);

export const USAGE = `Usage: npm run test:runtimes -- [options]

Installs Bun, Deno and workerd from npm, once, and lets real clients visit servers that run there: bare, and with the
packed package as docs/runtimes.md says. Answers must be the same, and the recording must tell what the client did: over
stdio, over HTTP, into files, at every end of a process, and over 1,000 calls.

  --only <name>  one runtime; more than once for more: ${NAMES.join(', ')}
  --help         this text
`;

export interface Options {
  runtimes: readonly Runtime[];
}

/** @returns nothing where help was asked for. */
export function readOptions(args: string[]): Options | undefined {
  const runtimes = readOnly(args, RUNTIMES);
  return runtimes && { runtimes };
}
