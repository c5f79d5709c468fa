import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { closeRecordings, record } from '../support/recording.ts';
import { v1Server } from '../support/v1.ts';

afterEach(closeRecordings);

// Peers were watched from the first `instrument` on, which in a factory runs within the first HTTP request.
test('the first request of a server that is built for it carries the address of its client', async () => {
  const recording = record();
  const listener = createServer(async (request, response) => {
    const server = v1Server();
    recording.telemetry.instrument(server);
    // Without a session id generator the transport is stateless.
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;

  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      connection: 'close',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  await response.text();
  await new Promise((resolve) => listener.close(resolve));

  expect(recording.one('tools/list').attributes).toMatchObject({
    'client.address': '127.0.0.1',
    'network.transport': 'tcp',
  });
  expect(recording.one('mcp.session start').attributes['client.address']).toBe('127.0.0.1');
});
