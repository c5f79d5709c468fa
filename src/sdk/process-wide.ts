/**
 * The one value of this name in the process, made when it is first asked for. Kept on the global object: the ESM and
 * the CommonJS copy of the package share it.
 */
export function processWide<T>(name: string, create: () => T): T {
  const shared = globalThis as unknown as Record<symbol, T | undefined>;
  const key = Symbol.for(`mcp-sessionscope.${name}`);
  let value = shared[key];
  if (value === undefined) {
    value = create();
    shared[key] = value;
  }
  return value;
}
