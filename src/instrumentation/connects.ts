import { guard } from '../sdk/diagnostics/guard.ts';

type Connect = (this: unknown, ...args: unknown[]) => unknown;

/** Called before a server or a client connects, with the transport. */
export type BeforeConnect = (end: object, transport: unknown) => void;

/**
 * Stands before `connect` of prototypes, and can be taken away. Not the base class's `_wrap`: that takes away what another
 * instrumentation has put there.
 */
export class Connects {
  readonly #before: BeforeConnect;
  /** By prototype how to take ours away; `undefined` where it is. */
  readonly #known = new Map<object, (() => boolean) | undefined>();
  #isOn = false;

  constructor(before: BeforeConnect) {
    this.#before = before;
  }

  add(prototype: object): void {
    if (!this.#known.has(prototype)) this.#known.set(prototype, undefined);
    if (this.#isOn) this.#put(prototype);
  }

  on(): void {
    this.#isOn = true;
    for (const prototype of this.#known.keys()) this.#put(prototype);
  }

  /** One that something stands before in turn stays, and does nothing. */
  off(): void {
    this.#isOn = false;
    for (const [prototype, remove] of this.#known) if (remove?.()) this.#known.set(prototype, undefined);
  }

  #put(prototype: object): void {
    if (this.#known.get(prototype) !== undefined) return;
    const before: BeforeConnect = (end, transport) => {
      if (this.#isOn) this.#before(end, transport);
    };
    this.#known.set(prototype, standBefore(prototype, before));
  }
}

/** @returns takes it away again, and says whether that was possible. */
function standBefore(prototype: object, before: BeforeConnect): () => boolean {
  const own = Reflect.getOwnPropertyDescriptor(prototype, 'connect');
  const original = Reflect.get(prototype, 'connect') as Connect;
  const connect: Connect = function (this: unknown, ...args) {
    guard('observing a server or client that connects', () => before(this as object, args[0]));
    return original.apply(this, args);
  };
  Object.defineProperty(connect, 'name', { value: original.name, configurable: true });
  Object.defineProperty(connect, 'length', { value: original.length, configurable: true });
  const isThere = Reflect.defineProperty(prototype, 'connect', {
    value: connect,
    configurable: true,
    enumerable: own?.enumerable ?? false,
    writable: true,
  });
  return () => {
    if (!isThere) return true;
    if (Reflect.getOwnPropertyDescriptor(prototype, 'connect')?.value !== connect) return false;
    return own === undefined
      ? Reflect.deleteProperty(prototype, 'connect')
      : Reflect.defineProperty(prototype, 'connect', own);
  };
}
