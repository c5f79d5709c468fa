/** Closes its transport, or sends over it, and does not wait for what comes of that: it fails. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { instrumentClient, instrumentServer } from 'mcp-sessionscope';

const [side, what, isObserved] = process.argv.slice(2);
const transport = {
  async start() {},
  async send(message) {
    if (message.method === 'initialize') {
      const serverInfo = { name: 's', version: '1' };
      const result = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo };
      queueMicrotask(() => this.onmessage({ jsonrpc: '2.0', id: message.id, result }));
    } else if (message.id !== undefined) throw new Error('not sent');
  },
  async close() {
    throw new Error('not closed');
  },
};
const end =
  side === 'client' ? new Client({ name: 'c', version: '1' }) : new Server({ name: 's', version: '1' });
const instrument = side === 'client' ? instrumentClient : instrumentServer;
if (isObserved === 'yes') instrument(end, { exporterType: 'none' });
await end.connect(transport);
if (what === 'close') transport.close();
else transport.send({ jsonrpc: '2.0', id: 77, method: 'ping' });
setTimeout(() => console.log('lives on'), 200);
