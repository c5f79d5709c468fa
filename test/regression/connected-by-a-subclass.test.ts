import { afterEach, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { closeRecordings, record } from '../support/recording.ts';

afterEach(closeRecordings);

// Our `connect` stands on the server itself, which `super` goes past: nothing was recorded, without a word.
test('a server that instruments itself in its own connect is recorded, with each of its connections', async () => {
  const { telemetry, named } = record();
  class Own extends Server {
    override async connect(transport: Transport): Promise<void> {
      telemetry.instrument(this);
      await super.connect(transport);
    }
  }
  const server = new Own({ name: 'own', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: [] }));
  for (const name of ['first', 'second']) {
    const client = new Client({ name, version: '1.0.0' });
    const [near, far] = InMemoryTransport.createLinkedPair();
    await server.connect(far);
    await client.connect(near);
    await client.listTools();
    await client.close();
  }
  expect(named('tools/list').map(({ attributes }) => attributes['mcp.client.name'])).toEqual([
    'first',
    'second',
  ]);
  expect(named('mcp.session end')).toHaveLength(2);
  expect(telemetry.activeSessions()).toEqual([]);
});
