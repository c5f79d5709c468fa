import { basename } from 'node:path';

/** Programs that run others, which their first argument names. */
const LAUNCHERS: ReadonlySet<string> = new Set([
  'npx',
  'bunx',
  'pnpx',
  'uvx',
  'pipx',
  'node',
  'bun',
  'deno',
  'tsx',
  'python',
  'python3',
]);

const MAX_LENGTH = 80;

/**
 * What a server is called that has not introduced itself: `npx @scope/server`, `node server.js`, `server`. Other arguments
 * can be secret.
 */
export function provisionalName(command: string, args: readonly string[]): string {
  const program = nameOf(command).replace(/\.(exe|cmd|bat)$/i, '');
  const first = LAUNCHERS.has(program.toLowerCase()) ? args.find((arg) => !arg.startsWith('-')) : undefined;
  const shown = first?.startsWith('@') ? first : nameOf(first ?? '');
  // An address, or a program that is written into the command itself.
  const isName = first?.includes('://') === false && /^[\w@.+/-]+$/.test(shown);
  return (isName ? `${program} ${shown}` : program).slice(0, MAX_LENGTH);
}

function nameOf(path: string): string {
  return basename(path.replaceAll('\\', '/'));
}
