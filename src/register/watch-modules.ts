import nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isBun, watchInBun } from './bun.ts';
import { type Loaded, textWithCalls, withCalls } from './loaded-text.ts';

type LoadSync = (
  url: string,
  context: unknown,
  nextLoad: (url: string, context: unknown) => Loaded,
) => Loaded;
type Compile = (this: unknown, content: unknown, ...rest: unknown[]) => unknown;

/** Newer than the types of the oldest Node.js that is supported. */
interface Hooks {
  registerHooks?: (hooks: { load: LoadSync }) => void;
  register?: (specifier: string | URL) => void;
}

/**
 * By major version of Node.js: from where on hooks of both kinds go together. Before, ours would be handed what those of
 * others, such as OpenTelemetry's or tsx's, leave out, and Node.js would refuse it.
 */
const GO_TOGETHER: Readonly<Record<number, readonly [minor: number, patch: number]>> = {
  22: [22, 3],
  24: [11, 1],
  25: [1, 0],
};
const ALL_FROM = 26;

/** Every module that is loaded from now on is looked at. */
export function watchModules(): void {
  if (isBun()) {
    watchInBun();
    return;
  }
  watchCommonJs();
  watchEsm();
}

function watchEsm(): void {
  const { registerHooks, register } = nodeModule as unknown as Hooks;
  const isDeno = 'Deno' in globalThis;
  if (registerHooks !== undefined && (isDeno || hooksGoTogether(process.versions.node)))
    registerHooks({
      load: (url, context, nextLoad) => {
        const loaded = nextLoad(url, context);
        return isDeno && url.endsWith('.json') ? asJson(loaded) : withCalls(loaded);
      },
    });
  else register?.(pathToFileURL(join(__dirname, 'register-hooks.js')));
}

/** What others compile on the way, such as TypeScript, comes here as JavaScript. */
function watchCommonJs(): void {
  const prototype = nodeModule.prototype as unknown as { _compile: Compile };
  const compile = prototype._compile;
  prototype._compile = function (this: unknown, content, ...rest) {
    const text = typeof content === 'string' ? textWithCalls(content) : undefined;
    return compile.call(this, text ?? content, ...rest);
  };
}

/** As soon as anybody has a hook, Deno takes JSON that is required for a program, unless it is told. */
function asJson(loaded: Loaded): Loaded {
  return { ...loaded, format: loaded.format ?? 'json' };
}

function hooksGoTogether(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const [sinceMinor, sincePatch] = GO_TOGETHER[major] ?? [];
  if (sinceMinor === undefined || sincePatch === undefined) return major >= ALL_FROM;
  return minor > sinceMinor || (minor === sinceMinor && patch >= sincePatch);
}
