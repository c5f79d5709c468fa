import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer, type OutgoingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { closeRecordings, record } from '../support/recording.ts';
import { v1Server } from '../support/v1.ts';

afterEach(closeRecordings);

// Node tells nobody of the requests of its HTTP/2 server.
async function listOverHttp2(telemetry: TelemetryManager, headers: OutgoingHttpHeaders): Promise<void> {
  const listener = createServer(async (request, response) => {
    const server = v1Server();
    telemetry.instrument(server);
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(
      request as unknown as IncomingMessage,
      response as unknown as ServerResponse,
    );
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const client = connect(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`);
  const stream = client.request({
    ':method': 'POST',
    ':path': '/mcp',
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...headers,
  });
  stream.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }));
  stream.resume();
  await once(stream, 'end');
  client.close();
  await new Promise((resolve) => listener.close(resolve));
}

test('a request over HTTP/2 carries its peer and its version of HTTP', async () => {
  const { telemetry, one } = record();
  await listOverHttp2(telemetry, {});
  expect(one('tools/list').attributes).toMatchObject({
    'client.address': '127.0.0.1',
    'client.port': expect.any(Number),
    'network.protocol.name': 'http',
    'network.protocol.version': '2',
  });
});

test('headers of HTTP/2 name the client behind a proxy, and its span', async () => {
  const { telemetry, one } = record({ trustProxy: 1 });
  await listOverHttp2(telemetry, {
    // Two lines of one header.
    'x-forwarded-for': ['6.6.6.6', '203.0.113.7'],
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
  expect(one('tools/list').attributes['client.address']).toBe('203.0.113.7');
  expect(one('tools/list').parentSpanContext?.spanId).toBe('b7ad6b7169203331');
});
