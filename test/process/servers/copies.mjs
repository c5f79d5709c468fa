// One process that loads the package twice, as an application does whose dependency is CommonJS.
import { createRequire } from 'node:module';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import * as esm from '../../../dist/index.js';

const cjs = createRequire(import.meta.url)('../../../dist/index.cjs');
const config = JSON.parse(process.argv[2]);

const server = new McpServer({ name: 'copies', version: '1.0.0' });
const current = [];
server.registerTool('echo', {}, async () => {
  current.push(one.currentRequest(), other.currentRequest());
  return { content: [] };
});
const one = esm.instrumentServer(server, config);
const other = cjs.instrumentServer(server, config);
esm.installShutdownHooks(one);
cjs.installShutdownHooks(other);

const [near, far] = InMemoryTransport.createLinkedPair();
await server.connect(far);
const client = new Client({ name: 'copies-client', version: '1.0.0' });
await client.connect(near);
await client.callTool({ name: 'echo' });
const custom = other.startActiveSpan('custom', {}, () => 'done');

console.log(
  JSON.stringify({
    copies: esm.TelemetryManager !== cjs.TelemetryManager,
    custom,
    current,
    ids: [one.sessionId, other.sessionId],
    listeners: ['SIGINT', 'SIGTERM', 'uncaughtExceptionMonitor', 'beforeExit'].map((event) =>
      process.listenerCount(event),
    ),
  }),
);
setImmediate(() => {
  throw new Error('the end');
});
