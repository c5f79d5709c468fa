/** npx tsx examples/stdio/check.ts */
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ANY, expectAttributes, expectChild, isError, newestPoint, oneSpan } from '../support/expect.ts';
import { stdioServer } from '../support/servers.ts';
import { story } from '../support/story.ts';

await story(import.meta.url, async (sink) => {
  const client = new Client({ name: 'stdio-client', version: '1.2.3' });
  await client.connect(new StdioClientTransport(stdioServer(import.meta.url, sink)));
  await client.listTools();
  const call = (city: string) => client.callTool({ name: 'get_weather', arguments: { city } });
  assert.equal((await call('Atlantis')).isError, true);
  assert.equal((await call('Oslo')).isError, undefined);
  // Closes stdin and waits for the process: everything has arrived then.
  await client.close();

  const start = oneSpan(sink, 'mcp.session start');
  const end = oneSpan(sink, 'mcp.session end');
  expectAttributes(start, {
    'mcp.client.session.event': 'start',
    'mcp.client.session.status': 'active',
    'mcp.client.session.source': 'connection',
    'mcp.client.name': 'stdio-client',
    'mcp.client.version': '1.2.3',
    'network.transport': 'pipe',
    'client.address': undefined,
  });
  expectAttributes(end, {
    'mcp.client.session.status': 'ended',
    // Known from the answer to `initialize` on.
    'mcp.protocol.version': ANY,
    'mcp.client.session.end_reason': 'stdin_eof',
    'mcp.client.session.calls': 4,
    'mcp.client.session.errors': 1,
    'mcp.client.session.tools': 'get_weather',
    'mcp.session.id': start.attributes['mcp.session.id'],
  });

  const initialize = oneSpan(sink, 'initialize');
  expectChild(initialize, start);
  expectAttributes(initialize, { 'mcp.protocol.version': ANY, 'mcp.client.name': 'stdio-client' });
  expectAttributes(oneSpan(sink, 'tools/list'), { 'mcp.tools.count': 1, 'mcp.tools.names': 'get_weather' });
  const failed = oneSpan(sink, 'tools/call get_weather', isError);
  expectAttributes(failed, {
    'error.type': 'tool_error',
    'exception.type': 'RangeError',
    'gen_ai.tool.name': 'get_weather',
    'gen_ai.operation.name': 'execute_tool',
    'mcp.request.id': ANY,
    'jsonrpc.request.id': ANY,
    'network.transport': 'pipe',
    // Arguments are personal: they are recorded only when asked for.
    'gen_ai.tool.call.arguments': undefined,
  });
  expectAttributes(failed.events[0]!, { 'exception.message': 'no forecast for Atlantis' });
  expectAttributes(
    oneSpan(sink, 'tools/call get_weather', (span) => !isError(span)),
    {
      'error.type': undefined,
    },
  );
  assert.equal(end.resource['service.name'], 'weather');
  assert.equal(end.resource['service.instance.id'], end.attributes['mcp.session.id']);

  const calls = newestPoint(
    sink,
    'mcp.server.operation.duration',
    ({ attributes }) =>
      attributes['gen_ai.tool.name'] === 'get_weather' && attributes['error.type'] === undefined,
  );
  assert.equal(calls.count, 1);
  assert.equal(calls.unit, 's');
  expectAttributes(newestPoint(sink, 'mcp.server.client_session.duration'), {
    'mcp.client.name': 'stdio-client',
    'mcp.client.session.end_reason': 'stdin_eof',
  });
  assert.equal(newestPoint(sink, 'mcp.server.session.duration').count, 1);
});
