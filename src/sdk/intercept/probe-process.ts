import { guard } from '../diagnostics/guard.ts';
import { ClientConnection } from './client-connection.ts';
import { startsProbes } from './client-shapes.ts';
import { type Link, linkFor, noteClosed } from './link.ts';
import { observeTransport } from './observe-transport.ts';
import { type Method, replaceMethod } from './replace.ts';
import type { Transport } from './shapes.ts';

/** What passes between a client and a process in which it only finds out what its server speaks: no connection of its own. */
class Probing extends ClientConnection {
  override started(): void {}
  protected override over(): void {}
  protected override end(): void {}
}

/**
 * For the call of `connect`. A client of v2 that has to find out what a child process speaks starts one for that alone, at once,
 * and with the constructor of the transport that it is given: until then that one shows what it makes.
 *
 * @returns what is to be called behind `connect`, if anything.
 */
export function showProbes(link: Link): (() => void) | undefined {
  const { transport, connection } = link;
  if (!(connection instanceof ClientConnection) || !startsProbes(transport)) return undefined;
  const made = transport.constructor as new (...args: unknown[]) => Transport;
  const shown = new Proxy(made, {
    construct(_, args) {
      const probe = new made(...args);
      guard('watching a probe', () => observeProbe(link, connection, probe));
      return probe;
    },
  });
  if (!Reflect.defineProperty(transport, 'constructor', { value: shown, configurable: true }))
    return undefined;
  return () => void Reflect.deleteProperty(transport, 'constructor');
}

function observeProbe(
  { low, mark }: Link,
  { observer, facts }: ClientConnection,
  transport: Transport,
): void {
  const connection = new Probing(observer, low, transport, facts);
  const link = linkFor(connection, low, mark, transport);
  observeTransport(link);
  replaceMethod(transport, '_dispose', (dispose): Method => {
    return function (this: unknown, ...args: unknown[]): unknown {
      guard('noting the end of a probe', () => connection.closing());
      noteClosed(link);
      return dispose.apply(this, args);
    };
  });
}
