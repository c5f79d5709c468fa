import nodeModule from 'node:module';
import { guard } from '../sdk/diagnostics/guard.ts';
import { isRecord } from '../sdk/protocol/json-rpc.ts';
import { isOfSdk } from './modules.ts';

type Require = (this: unknown, ...args: unknown[]) => unknown;

/** What is in the name of every package of the SDKs. */
const SCOPE = '@modelcontextprotocol/';

/**
 * Tells of the SDKs' CommonJS modules, those that are loaded already too. The base class's hook leaves a package alone whose
 * main file is missing, and that of SDK 1.x is.
 *
 * @returns stops that.
 */
export function watchRequired(found: (exports: unknown) => void): () => void {
  const { cache } = nodeModule.createRequire(process.execPath);
  const look = (): void => {
    for (const path of Object.keys(cache)) {
      const module = isOfSdk(path) ? cache[path] : undefined;
      if (module?.loaded) found(module.exports);
    }
  };
  const prototype = nodeModule.prototype as unknown as { require: Require };
  const original = prototype.require;
  const looked = new WeakSet<object>();
  let isOn = true;
  const require: Require = function (this: unknown, ...args) {
    const exports = original.apply(this, args);
    const [id] = args;
    // Some require within a function that is called for every request: once for each module.
    if (isOn && typeof id === 'string' && id.includes(SCOPE) && isRecord(exports) && !looked.has(exports)) {
      looked.add(exports);
      guard('looking for an MCP SDK', look);
    }
    return exports;
  };
  prototype.require = require;
  guard('looking for an MCP SDK', look);
  return () => {
    isOn = false;
    // Somebody else may stand before ours by now.
    if (prototype.require === require) prototype.require = original;
  };
}
