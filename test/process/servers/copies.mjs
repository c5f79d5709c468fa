// One process that loads the package twice, as an application does whose dependency brings another version of it.
import { createRequire } from 'node:module';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import * as imported from '../../../dist/index.js';

const require = createRequire(import.meta.url);
const required = require('../../../dist/index.cjs');
delete require.cache[require.resolve('../../../dist/index.cjs')];
const second = require('../../../dist/index.cjs');
const config = JSON.parse(process.argv[2]);

const server = new McpServer({ name: 'copies', version: '1.0.0' });
const current = [];
server.registerTool('echo', {}, async () => {
  current.push(one.currentRequest(), other.currentRequest());
  return { content: [] };
});
const one = imported.instrumentServer(server, config);
const other = second.instrumentServer(server, config);
imported.installShutdownHooks(one);
second.installShutdownHooks(other);

const [near, far] = InMemoryTransport.createLinkedPair();
await server.connect(far);
const client = new Client({ name: 'copies-client', version: '1.0.0' });
await client.connect(near);
await client.callTool({ name: 'echo' });
const custom = other.startActiveSpan('custom', {}, () => 'done');

console.log(
  JSON.stringify({
    copies: imported.TelemetryManager !== second.TelemetryManager,
    shared: imported.TelemetryManager === required.TelemetryManager,
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
