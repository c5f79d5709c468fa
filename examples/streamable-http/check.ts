/** npx tsx examples/streamable-http/check.ts */
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ANY, expectAttributes, expectChild, isOfClient, newestPoint, oneSpan } from '../support/expect.ts';
import type { Span } from '../support/otlp-sink.ts';
import { startHttpServer } from '../support/servers.ts';
import { story } from '../support/story.ts';

const isEnd = (span: Span): boolean => span.name === 'mcp.session end';

await story(import.meta.url, async (sink) => {
  const { url, stop } = await startHttpServer(import.meta.url, sink, { SESSION_IDLE_MS: '1000' });
  const connect = async (name: string) => {
    const client = new Client({ name, version: '1.0.0' });
    const transport = new StreamableHTTPClientTransport(url);
    await client.connect(transport);
    return { client, transport, id: transport.sessionId };
  };
  const addNote = (client: Client, text: string) =>
    client.callTool({ name: 'add_note', arguments: { text } });

  // Two clients at once. Their requests have the same ids on the wire and must not be mixed up.
  const [polite, silent] = await Promise.all([connect('polite-client'), connect('silent-client')]);
  await Promise.all([addNote(polite.client, 'milk'), addNote(silent.client, 'tea')]);
  await addNote(polite.client, 'bread');
  await polite.client.getPrompt({ name: 'summarize' });
  // The one says goodbye, the other just goes away.
  await polite.transport.terminateSession();
  await Promise.all([polite.client.close(), silent.client.close()]);
  await sink.span('end of the silent session', (span) => isEnd(span) && isOfClient('silent-client')(span));
  // A third is still there when the server is stopped.
  const last = await connect('last-client');
  await last.client.listTools();
  await stop();
  await last.client.close();

  const sessions = [
    { client: 'polite-client', id: polite.id, reason: 'client_delete', calls: 4, tools: 'add_note' },
    { client: 'silent-client', id: silent.id, reason: 'idle_timeout', calls: 2, tools: 'add_note' },
    { client: 'last-client', id: last.id, reason: 'server_shutdown', calls: 2, tools: '' },
  ];
  for (const { client, id, reason, calls, tools } of sessions) {
    const about = {
      'mcp.client.session.id': id,
      'mcp.client.session.source': 'protocol',
      'network.transport': 'tcp',
      'client.address': '127.0.0.1',
      'user_agent.original': 'node',
    };
    const start = oneSpan(sink, 'mcp.session start', isOfClient(client));
    expectAttributes(start, { ...about, 'mcp.client.session.seq': 0 });
    expectAttributes(oneSpan(sink, 'mcp.session end', isOfClient(client)), {
      ...about,
      'mcp.client.session.end_reason': reason,
      'mcp.client.session.calls': calls,
      'mcp.client.session.errors': 0,
      'mcp.client.session.tools': tools,
      'mcp.protocol.version': ANY,
    });
    const initialize = oneSpan(sink, 'initialize', isOfClient(client));
    expectChild(initialize, start);
    expectAttributes(initialize, { ...about, 'client.port': ANY, 'network.protocol.name': 'http' });
  }
  oneSpan(sink, 'prompts/get summarize', isOfClient('polite-client'));
  const processes = new Set(sink.spans.map((span) => span.attributes['mcp.session.id']));
  assert.equal(processes.size, 1, 'mcp.session.id is one UUID for the whole process');
  const active = newestPoint(
    sink,
    'mcp.server.client_session.active',
    ({ attributes }) => attributes['mcp.client.name'] === 'silent-client',
  );
  assert.equal(active.value, 0, 'no session is active after the end');
});
