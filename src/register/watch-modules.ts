import nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Loaded, textWithCalls, withCalls } from './loaded-text.ts';

type LoadSync = (
  url: string,
  context: unknown,
  nextLoad: (url: string, context: unknown) => Loaded,
) => Loaded;
type Compile = (this: unknown, content: unknown, ...rest: unknown[]) => unknown;

/** Newer than the types of the oldest Node.js that is supported. */
interface Hooks {
  /** From Node.js 22.15 and 23.5 on. */
  registerHooks?: (hooks: { load: LoadSync }) => void;
  register?: (specifier: string | URL) => void;
}

/** Every module that is loaded from now on is looked at. */
export function watchModules(): void {
  watchEsm();
  watchCommonJs();
}

function watchEsm(): void {
  const { registerHooks, register } = nodeModule as unknown as Hooks;
  if (registerHooks !== undefined)
    registerHooks({ load: (url, context, nextLoad) => withCalls(nextLoad(url, context)) });
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
