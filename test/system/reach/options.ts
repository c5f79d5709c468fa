import { parseArgs } from 'node:util';
import { SERVERS, type Server } from './servers.ts';

/** What is shown. */
export const PARTS = ['register', 'run', 'proxy', 'sdks', 'chaos', 'conformance'] as const;
export type Part = (typeof PARTS)[number];
/** Of them, how servers of others are visited. */
export const WAYS = ['register', 'run', 'proxy'] as const;

export interface Options {
  readonly parts: readonly Part[];
  readonly servers: readonly Server[];
  /** Fewer seeds of chaos, and the conformance of fewer servers. */
  readonly isShort: boolean;
}

const NAMES = SERVERS.map(({ name }) => name);

export const USAGE = `Usage: npm run test:reach -- [options]

Installs servers from npm and PyPI, once, and lets real clients visit them: bare, with --import
mcp-sessionscope/register, behind mcp-sessionscope run, with a tap on both sides of it, and those that listen behind
mcp-sessionscope proxy. Answers must be the same, bytes too, and the recording must tell what the client counted.

  --only <name>  a part or a server; more than once for more
                 parts: ${PARTS.join(', ')}
                 servers: ${NAMES.slice(0, 8).join(', ')},
                 ${NAMES.slice(8, 14).join(', ')},
                 ${NAMES.slice(14).join(', ')}
  --short        fewer seeds of chaos, and one server's conformance
  --help         this text
`;

/** @returns nothing where help was asked for. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true },
      short: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  const only = values.only ?? [];
  const known: readonly string[] = [...PARTS, ...NAMES];
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`--only takes ${known.join(', ')}, not ${unknown}`);
  const parts = PARTS.filter((name) => only.includes(name));
  const servers = SERVERS.filter(({ name }) => only.includes(name));
  return {
    parts: parts.length > 0 ? parts : servers.length > 0 ? WAYS : PARTS,
    servers: servers.length > 0 ? servers : SERVERS,
    isShort: values.short === true,
  };
}
