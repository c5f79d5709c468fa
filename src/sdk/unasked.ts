import { ifProcessWide, processWide } from './process-wide.ts';

const NAME = 'unasked-servers';

/** Calls `instrument`, which instruments a server that nobody has asked for in code: its application is to stay as it was. */
export function instrumentUnasked<T>(server: object, instrument: () => T): T {
  const servers = processWide(NAME, () => new WeakSet<object>());
  servers.add(server);
  try {
    return instrument();
  } finally {
    servers.delete(server);
  }
}

/** Whether that is what happens to the server now. */
export function isUnasked(server: object): boolean {
  return ifProcessWide<WeakSet<object>>(NAME)?.has(server) === true;
}
