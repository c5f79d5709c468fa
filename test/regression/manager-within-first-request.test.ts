import type { IncomingMessage, RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { closeHosts, connectHttp, listen } from '../support/http-v1.ts';
import { clientV2, connectV2 } from '../support/http-v2.ts';
import { closeRecordings, type Recording, record } from '../support/recording.ts';
import { v1Server } from '../support/v1.ts';
import { v2Server } from '../support/v2.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

let recording: Recording | undefined;
afterEach(() => {
  recording = undefined;
});

/** One manager for all servers, made with the first of them: within an HTTP request. */
function instrumented<T extends object>(server: T): T {
  recording ??= record();
  recording.telemetry.instrument(server);
  return server;
}

const statelessV1: RequestListener = async (request, response) => {
  const server = instrumented(v1Server());
  // Without a session id generator the transport is stateless.
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport as Parameters<typeof server.connect>[0]);
  await transport.handleRequest(request, response);
};

/** As behind a body parser: in another asynchronous context than the one in which the request began. */
const parsedBefore: RequestListener = async (request, response) => {
  const body = request.method === 'POST' ? JSON.parse(await textOf(request)) : undefined;
  const server = instrumented(v1Server());
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport as Parameters<typeof server.connect>[0]);
  await transport.handleRequest(request, response, body);
};

const statelessV2: RequestListener = async (request, response) => {
  const server = instrumented(v2Server());
  const transport = new NodeStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  await transport.handleRequest(request, response);
};

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

// Nothing told the peer of that request, and so it was a session of its own.
describe('a manager that is made within the first HTTP request', () => {
  test.each([
    ['of a v1 server', statelessV1],
    ['of a v1 server behind a body parser', parsedBefore],
    ['of a v2 server', statelessV2],
  ])('%s knows its peer', async (_, listener) => {
    const { url } = await listen(listener);
    const { client } = await connectHttp(url);
    await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    await client.close();
    expect(recording?.telemetry.activeSessions()).toMatchObject([{ calls: 2, clientName: 'test-client' }]);
    for (const name of ['mcp.session start', 'initialize', 'tools/call echo']) {
      expect(recording?.one(name).attributes['client.address']).toBe('127.0.0.1');
    }
    expect(recording?.one('initialize').attributes['network.protocol.version']).toBe('1.1');
  });

  test.each(['legacy', { pin: '2026-07-28' }] as const)(
    'of createMcpHandler, whose servers are told nothing of it, has one session with the second: %j',
    async (mode) => {
      const handler = createMcpHandler(() => instrumented(v2Server()));
      const { url } = await listen(toNodeHandler(handler) as RequestListener);
      const { client } = await connectV2(url, clientV2(mode));
      await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
      await client.listTools();
      await client.close();
      expect(recording?.telemetry.activeSessions()).toMatchObject([
        { calls: 3, clientName: 'modern-client' },
      ]);
      await recording?.telemetry.shutdown();
      expect(recording?.one('mcp.session end').attributes['client.address']).toBe('127.0.0.1');
    },
  );
});
