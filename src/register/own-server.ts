import { types } from 'node:util';

/** Frameworks put wrappers around wrappers: `wrapper.server.server`. */
const MAX_DEPTH = 4;
/** What a server of both SDKs has, and a client has not. */
const METHODS = [
  'connect',
  'setRequestHandler',
  'setNotificationHandler',
  'close',
  'getClientCapabilities',
] as const;

/**
 * Whether an object has a server of an SDK as its `server`, as `McpServer` has. Programs of every kind have a `connect` that
 * passes on to `this.server.connect`: nothing of theirs is run here, no getter and no trap of a proxy.
 */
export function hasServer(value: unknown): boolean {
  let inner = value;
  for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
    if (typeof inner !== 'object' || inner === null || types.isProxy(inner)) return false;
    const server = inner;
    if (METHODS.every((name) => typeof heldBy(server, name) === 'function')) return true;
    inner = Object.getOwnPropertyDescriptor(server, 'server')?.value;
  }
  return false;
}

/** The value of a property, of the object's own or its class's; `undefined` where there is an accessor. */
function heldBy(object: object, name: string): unknown {
  let holder: object | null = object;
  while (holder !== null && !types.isProxy(holder)) {
    const property = Object.getOwnPropertyDescriptor(holder, name);
    if (property !== undefined) return property.value;
    holder = Object.getPrototypeOf(holder);
  }
  return undefined;
}
