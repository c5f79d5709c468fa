import { once } from 'node:events';
import type { Server } from 'node:http';
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
