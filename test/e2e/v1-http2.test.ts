import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { closeRecordings, record } from '../support/recording.ts';
import { v1Server } from '../support/v1.ts';

afterEach(closeRecordings);

// Node tells nobody of the requests of its HTTP/2 server.
test('a request over HTTP/2 carries its peer and its version of HTTP', async () => {
  const { telemetry, one } = record();
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
  });
  stream.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }));
  stream.resume();
  await once(stream, 'end');
  client.close();
  await new Promise((resolve) => listener.close(resolve));
  expect(one('tools/list').attributes).toMatchObject({
    'client.address': '127.0.0.1',
    'client.port': expect.any(Number),
    'network.protocol.name': 'http',
    'network.protocol.version': '2',
  });
});
