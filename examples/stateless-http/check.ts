/** npx tsx examples/stateless-http/check.ts */
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ANY, expectAttributes, isOfClient, named, oneSpan } from '../support/expect.ts';
import type { Span } from '../support/otlp-sink.ts';
import { startHttpServer } from '../support/servers.ts';
import { story } from '../support/story.ts';

await story(import.meta.url, async (sink) => {
  const { url, stop } = await startHttpServer(import.meta.url, sink);
  const visit = async (name: string, words: string[], headers: Record<string, string> = {}) => {
    const client = new Client({ name, version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
    for (const word of words) await client.callTool({ name: 'look_up', arguments: { word } });
    await client.close();
  };
  await visit('keyless-client', ['mcp', 'otlp']);
  // The host opens a connection whenever it needs one; the conversation stays the same.
  await visit('host', ['mcp'], { 'x-conversation-id': 'conversation-1' });
  await visit('host', ['otlp'], { 'x-conversation-id': 'conversation-1' });
  await visit('host', ['mcp'], { 'x-conversation-id': 'conversation-2' });
  await stop();

  const isOfSession = (id: string) => (span: Span) => span.attributes['mcp.client.session.id'] === id;
  const inferred = oneSpan(sink, 'mcp.session end', isOfClient('keyless-client'));
  expectAttributes(inferred, {
    'mcp.client.session.id': ANY,
    'mcp.client.session.source': 'inferred',
    'mcp.client.session.calls': 3,
    'mcp.client.session.tools': 'look_up',
    'mcp.client.session.end_reason': 'server_shutdown',
    'client.address': '127.0.0.1',
    'network.transport': 'tcp',
  });
  for (const [id, calls] of [
    ['conversation-1', 4],
    ['conversation-2', 2],
  ] as const) {
    oneSpan(sink, 'mcp.session start', isOfSession(id));
    expectAttributes(oneSpan(sink, 'mcp.session end', isOfSession(id)), {
      'mcp.client.session.source': 'application',
      'mcp.client.session.calls': calls,
      'mcp.client.session.end_reason': 'server_shutdown',
      'mcp.client.name': 'host',
    });
  }
  assert.equal(
    named(sink, 'mcp.session end').length,
    3,
    'three sessions, though every request had a server of its own',
  );
  // `initialize` named the client to a server that is gone: the session remembers.
  for (const call of named(sink, 'tools/call look_up')) {
    expectAttributes(call, {
      'mcp.client.name': /^(host|keyless-client)$/,
      'mcp.protocol.version': ANY,
      'client.address': '127.0.0.1',
      'user_agent.original': 'node',
    });
  }
});
