/** npx tsx examples/v2-modern/check.ts */
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { ANY, expectAttributes, isOfClient, named, oneSpan } from '../support/expect.ts';
import { startHttpServer } from '../support/servers.ts';
import { story } from '../support/story.ts';

await story(import.meta.url, async (sink) => {
  const { url, stop } = await startHttpServer(import.meta.url, sink);

  const modern = new Client(
    { name: 'modern-client', version: '3.0.0' },
    { capabilities: { elicitation: {} }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  modern.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content: { sure: true } }));
  await modern.connect(new StreamableHTTPClientTransport(url));
  // At the same time and from the same address, a client that names itself in `initialize` only.
  const legacy = new Client({ name: 'legacy-client', version: '1.0.0' });
  await legacy.connect(new StreamableHTTPClientTransport(url));
  await modern.listTools();
  await modern.callTool({ name: 'status', arguments: { environment: 'staging' } });
  await legacy.callTool({ name: 'status', arguments: { environment: 'production' } });
  const deployed = await modern.callTool({ name: 'deploy', arguments: { environment: 'staging' } });
  assert.match(JSON.stringify(deployed.content), /deployed to staging/);
  await Promise.all([modern.close(), legacy.close()]);
  await stop();

  const http = {
    'network.transport': 'tcp',
    'client.address': '127.0.0.1',
    'mcp.client.session.source': 'inferred',
  };
  expectAttributes(oneSpan(sink, 'mcp.session start', isOfClient('modern-client')), {
    ...http,
    'mcp.client.version': '3.0.0',
    'mcp.protocol.version': '2026-07-28',
  });
  expectAttributes(oneSpan(sink, 'mcp.session end', isOfClient('modern-client')), {
    ...http,
    // server/discover, tools/list, status, and deploy twice: the question and the answer.
    'mcp.client.session.calls': 5,
    'mcp.client.session.errors': 0,
    'mcp.client.session.tools': 'status, deploy',
    'mcp.client.session.end_reason': 'server_shutdown',
  });
  assert.equal(named(sink, 'tools/call deploy').length, 2);
  for (const call of named(sink, 'tools/call deploy')) {
    // A question to the user is no error.
    expectAttributes(call, { ...http, 'error.type': undefined, 'mcp.protocol.version': '2026-07-28' });
  }
  assert.equal(named(sink, 'initialize').filter(isOfClient('modern-client')).length, 0);

  expectAttributes(oneSpan(sink, 'mcp.session end', isOfClient('legacy-client')), {
    ...http,
    'mcp.protocol.version': ANY,
    'mcp.client.session.calls': 2,
    'mcp.client.session.tools': 'status',
  });
  oneSpan(sink, 'initialize', isOfClient('legacy-client'));
});
