/**
 * A server process of the built package whose clients use every tool, and fail in every way, once. For counting series:
 * how often something happens adds none.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { TelemetryManager } from 'mcp-sessionscope';

const { endpoint, service, tools, errorTypes, clients, metricSessionId } = JSON.parse(process.argv[2]);
const telemetry = new TelemetryManager({
  serverName: service,
  serverVersion: '1.0.0',
  exporterEndpoint: endpoint,
  enableTracing: false,
  metricExportIntervalMs: 3_600_000,
  metricSessionId,
});

/** Errors are told apart by their class. */
const failures = Array.from({ length: errorTypes }, (_, number) => {
  const name = `Failure${number}`;
  return class extends Error {
    name = name;
  };
});

for (let number = 0; number < clients; number += 1) {
  const server = new McpServer({ name: service, version: '1.0.0' });
  let next;
  for (let tool = 0; tool < tools; tool += 1) {
    server.registerTool(`tool_${tool}`, {}, async () => {
      if (next !== undefined) throw new next('failed');
      return { content: [] };
    });
  }
  telemetry.instrument(server);
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await server.connect(serverSide);
  const client = new Client({ name: `client-${number}`, version: '1.0.0' });
  await client.connect(clientSide);
  await client.listTools();
  // One client is enough to reach every combination: clients are no attribute of operations.
  for (let tool = 0; number === 0 && tool < tools; tool += 1) {
    for (next of [undefined, ...failures]) await client.callTool({ name: `tool_${tool}`, arguments: {} });
  }
  await client.close();
}
await telemetry.shutdown();
