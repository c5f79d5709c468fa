/**
 * The one value of this name in the process, made when it is first asked for. Kept on the global object: the copies of
 * the package share it, of which there are several where others bring one along or bundle it.
 */
export function processWide<T>(name: string, create: () => T): T {
  let value = ifProcessWide<T>(name);
  if (value === undefined) {
    value = create();
    (globalThis as unknown as Record<symbol, T>)[keyOf(name)] = value;
  }
  return value;
}

/** The same, where somebody has made it. */
export function ifProcessWide<T>(name: string): T | undefined {
  return Reflect.get(globalThis, keyOf(name)) as T | undefined;
}

function keyOf(name: string): symbol {
  return Symbol.for(`mcp-sessionscope.${name}`);
}
