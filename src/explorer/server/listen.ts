import { once } from 'node:events';
import type { Server } from 'node:http';
import { isIPv6 } from 'node:net';
import { UnavailableError } from '../unavailable-error.ts';

/**
 * Listens on the first of the ports that is free.
 *
 * @returns the port; `undefined` where all are in use
 * @throws {@link UnavailableError} where the host is not this machine's, or the ports are not for this user
 */
export async function listenOnFirst(
  server: Server,
  host: string,
  ports: readonly number[],
): Promise<number | undefined> {
  for (const port of ports) {
    try {
      server.listen({ port, host });
      await once(server, 'listening');
      return portOf(server);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE') continue;
      throw new UnavailableError(
        `cannot listen on ${host}, port ${port}: ${explained(code, host) ?? message}`,
      );
    }
  }
  return undefined;
}

/** Ports that are tried after the first one. */
const MORE_PORTS = 10;

/**
 * Listens on the port that was asked for, else on the first one that is free from `first` on.
 *
 * @throws {@link UnavailableError} where they are in use, or cannot be listened on
 */
export async function listenNear(
  server: Server,
  host: string,
  { port, first }: { readonly port: number | undefined; readonly first: number },
): Promise<number> {
  const ports = port === undefined ? Array.from({ length: MORE_PORTS + 1 }, (_, i) => first + i) : [port];
  const got = await listenOnFirst(server, host, ports);
  if (got !== undefined) return got;
  const which = ports.length === 1 ? `port ${port} is` : `the ports ${ports[0]} to ${ports.at(-1)} are`;
  throw new UnavailableError(`${which} in use: give another one with --port, or --port 0 for any`);
}

/** Where what listens is asked, from this machine. */
export function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function explained(code: string | undefined, host: string): string | undefined {
  switch (code) {
    case 'EACCES':
      return 'this user may not use that port; give one from 1024 up';
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `there is no host named ${host}`;
    default:
      return undefined;
  }
}
