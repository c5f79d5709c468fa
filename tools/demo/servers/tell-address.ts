import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Tells the demo where the server listens, and ends it should the demo be gone. */
export function tellAddress(listener: Server): void {
  const { port } = listener.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}/mcp` });
  process.once('disconnect', () => process.exit());
}
