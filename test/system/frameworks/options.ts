import { readOnly } from '../../../tools/support/only-option.ts';
import { FRAMEWORKS, type Framework } from './frameworks.ts';

const NAMES = FRAMEWORKS.map(({ name }) => name);

export const USAGE = `Usage: npm run test:frameworks -- [options]

Installs frameworks for MCP servers from npm, once, makes a server with each, and lets real clients visit it: bare,
and with the packed package as docs/frameworks.md says. Answers must be the same, and the recording must tell what the
client did.

  --only <name>  one framework; more than once for more: ${NAMES.slice(0, 4).join(', ')},
                 ${NAMES.slice(4).join(', ')}
  --help         this text
`;

export interface Options {
  frameworks: readonly Framework[];
}

/** @returns nothing where help was asked for. */
export function readOptions(args: string[]): Options | undefined {
  const frameworks = readOnly(args, FRAMEWORKS);
  return frameworks && { frameworks };
}
