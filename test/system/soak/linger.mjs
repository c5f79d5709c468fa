/** Makes calls for longer than a batch waits, against a collector that hangs, and ends without `shutdown()`. */
import { setTimeout } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { instrumentServer } from 'mcp-sessionscope';

const { endpoint } = JSON.parse(process.argv[2]);
const server = new McpServer({ name: 'linger', version: '1.0.0' });
server.registerTool('ping', {}, async () => ({ content: [] }));
instrumentServer(server, { exporterEndpoint: endpoint, batchTimeoutMs: 200, metricExportIntervalMs: 200 });
const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
await server.connect(serverSide);
const client = new Client({ name: 'linger', version: '1.0.0' });
await client.connect(clientSide);
for (let i = 0; i < 40; i += 1) {
  await client.callTool({ name: 'ping' });
  await setTimeout(50);
}
await client.close();
process.send({ kind: 'done' });
process.disconnect();
