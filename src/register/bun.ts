import { readFileSync } from 'node:fs';
import { logLine } from '../sdk/diagnostics/log.ts';
import { textOf, textWithCalls } from './loaded-text.ts';

interface Build {
  onLoad(
    what: { filter: RegExp },
    load: (file: { path: string }) => { contents: string; loader: 'js' },
  ): void;
}

interface Bun {
  plugin(plugin: { name: string; setup: (build: Build) => void }): void;
}

/**
 * Modules of the SDKs as ESM. Bun lets a plugin decline no file that its filter takes, and CommonJS that comes from a
 * plugin loses its exports: all other files are to be loaded without us.
 */
const OF_AN_SDK =
  /[\\/]@modelcontextprotocol[\\/](?:sdk[\\/]dist[\\/]esm[\\/].*\.js|(?:server|client)[\\/]dist[\\/].*\.mjs)$/;

const UNSEEN =
  'no MCP SDK was seen: Bun shows modules of @modelcontextprotocol/sdk, /server and /client that are imported as ESM, ' +
  'and none that are bundled or required; call instrumentServer in the code, or run it by mcp-sessionscope run';

export function isBun(): boolean {
  return 'Bun' in globalThis;
}

/** Bun asks plugins, in the thread of the program. What it does not show is said in the end. */
export function watchInBun(): void {
  const { Bun: bun } = globalThis as unknown as { Bun: Bun };
  let seen = false;
  bun.plugin({
    name: 'mcp-sessionscope',
    setup: (build) =>
      build.onLoad({ filter: OF_AN_SDK }, ({ path }) => {
        seen = true;
        const bytes = readFileSync(path);
        return { contents: textWithCalls(bytes) ?? textOf(bytes), loader: 'js' };
      }),
  });
  process.once('exit', () => {
    if (!seen) logLine(UNSEEN);
  });
}
