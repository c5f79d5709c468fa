import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Says on stderr where the server listens, for the test that waits for it. */
export function tellAddress(listener: Server, name: string): void {
  const { port } = listener.address() as AddressInfo;
  console.error(`${name}: listening on http://127.0.0.1:${port}/mcp`);
}
