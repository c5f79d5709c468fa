import { readFileSync } from 'node:fs';
import { textWithCalls } from './loaded-text.ts';

interface Build {
  onLoad(
    what: { filter: RegExp },
    load: (file: { path: string; loader: string }) => { contents: string; loader: string } | undefined,
  ): void;
}

interface Bun {
  plugin(plugin: { name: string; setup: (build: Build) => void }): void;
}

const JAVASCRIPT = /\.[cm]?js$/;

export function isBun(): boolean {
  return 'Bun' in globalThis;
}

/** Bun asks plugins, in the thread of the program. */
export function watchInBun(): void {
  const { Bun: bun } = globalThis as unknown as { Bun: Bun };
  bun.plugin({
    name: 'mcp-sessionscope',
    setup: (build) =>
      build.onLoad({ filter: JAVASCRIPT }, ({ path, loader }) => {
        const bytes = readFileSync(path);
        return { contents: textWithCalls(bytes) ?? bytes.toString(), loader: loader ?? 'js' };
      }),
  });
}
