import { afterEach, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { closeHosts, type Host, listen } from '../support/http-v1.ts';
import { closeRecordings, type Recording, record } from '../support/recording.ts';
import { until } from '../support/until.ts';
import { v1Server } from '../support/v1.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

async function sseHost({ telemetry }: Recording): Promise<Host> {
  const transports = new Map<string, SSEServerTransport>();
  return listen(async (request, response) => {
    if (request.method === 'GET') {
      const transport = new SSEServerTransport('/messages', response);
      transports.set(transport.sessionId, transport);
      const server = v1Server();
      telemetry.instrument(server);
      await server.connect(transport as Parameters<typeof server.connect>[0]);
    } else {
      const id = new URL(request.url ?? '', 'http://host').searchParams.get('sessionId');
      await transports.get(id ?? '')?.handlePostMessage(request, response);
    }
  });
}

async function connect(host: Host): Promise<Client> {
  const client = new Client({ name: 'sse-client', version: '1' });
  await client.connect(
    new SSEClientTransport(host.url, { requestInit: { headers: { 'user-agent': 'sse/1' } } }) as Parameters<
      Client['connect']
    >[0],
  );
  return client;
}

test('the session of the SSE transport is the protocol’s, and each is its own', async () => {
  const recording = record();
  const host = await sseHost(recording);
  const one = await connect(host);
  const two = await connect(host);
  await one.callTool({ name: 'echo', arguments: { text: 'hi' } });
  await two.ping();
  const sessions = recording.telemetry.activeSessions();
  expect(sessions).toMatchObject([
    { source: 'protocol', calls: 2, clientName: 'sse-client' },
    { source: 'protocol', calls: 2 },
  ]);
  expect(recording.one('tools/call echo').attributes).toMatchObject({
    'mcp.client.session.id': sessions[0]?.id,
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    'client.address': '127.0.0.1',
    'client.port': expect.any(Number),
    'user_agent.original': 'sse/1',
  });
  await one.close();
  const end = await until(() => recording.named('mcp.session end')[0], 'the end');
  expect(end.attributes).toMatchObject({
    'mcp.client.session.id': sessions[0]?.id,
    'mcp.client.session.end_reason': 'transport_close',
  });
  await two.close();
  await until(() => recording.named('mcp.session end')[1], 'the other end');
  expect(recording.telemetry.activeSessions()).toEqual([]);
});
