interface Descriptor {
  name: 'read' | 'write' | 'run' | 'env' | 'sys';
  path?: string;
  variable?: string;
  command?: string;
  kind?: string;
}

/**
 * Whether all of it may be done without asking. Deno asks the user at the terminal for a permission that was not given,
 * and holds the process until there is an answer. Other runtimes never ask.
 */
export function mayDo(...wanted: readonly Descriptor[]): boolean {
  const { permissions } = (globalThis as { Deno?: { permissions?: Permissions } }).Deno ?? {};
  if (permissions === undefined) return true;
  return wanted.every((descriptor) => permissions.querySync(descriptor).state === 'granted');
}

/** The environment without what may not be read: Deno throws where it is read, or asks the user at the terminal. */
export function readableEnvironment(): NodeJS.ProcessEnv {
  if (!('Deno' in globalThis)) return process.env;
  return new Proxy({} as NodeJS.ProcessEnv, {
    get: (_, variable) =>
      typeof variable === 'string' && mayDo({ name: 'env', variable }) ? process.env[variable] : undefined,
  });
}

interface Permissions {
  querySync(descriptor: Descriptor): { state: string };
}
