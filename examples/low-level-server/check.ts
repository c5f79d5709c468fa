/** npx tsx examples/low-level-server/check.ts */
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expectAttributes, isError, named, newestPoint, oneSpan } from '../support/expect.ts';
import { stdioServer } from '../support/servers.ts';
import { story } from '../support/story.ts';

await story(import.meta.url, async (sink) => {
  const client = new Client({ name: 'text-client', version: '1.0.0' });
  await client.connect(new StdioClientTransport(stdioServer(import.meta.url, sink)));
  const call = (name: string, text: string) => client.callTool({ name, arguments: { text } });
  await client.listTools();
  await call('reverse', 'abc');
  await assert.rejects(call('parse', 'no JSON'), /-32603|JSON/);
  await assert.rejects(call('shout', 'abc'), /no tool shout/);
  await client.close();

  expectAttributes(oneSpan(sink, 'tools/call reverse'), {
    'gen_ai.tool.name': 'reverse',
    'error.type': undefined,
  });
  const thrown = oneSpan(sink, 'tools/call parse');
  assert(isError(thrown), 'what a handler throws makes the span an error');
  expectAttributes(thrown, { 'rpc.response.status_code': '-32603', 'error.type': '-32603' });
  assert.equal(thrown.events[0]?.attributes['exception.type'], 'SyntaxError');
  // A name that the server does not know is an attribute, never part of the span's name.
  const unknown = oneSpan(sink, 'tools/call');
  assert(!isError(unknown), "the caller's mistake is no error of the server");
  expectAttributes(unknown, {
    'gen_ai.tool.name': 'shout',
    'rpc.response.status_code': '-32602',
    'error.type': undefined,
  });
  expectAttributes(oneSpan(sink, 'mcp.session end'), {
    'mcp.client.session.calls': 5,
    'mcp.client.session.errors': 2,
    'mcp.client.session.end_reason': 'stdin_eof',
  });
  assert.equal(named(sink, 'initialize').length, 1);
  const other = newestPoint(
    sink,
    'mcp.server.operation.duration',
    ({ attributes }) => attributes['gen_ai.tool.name'] === '_OTHER',
  );
  assert.equal(other.count, 1, 'and never the value of a metric attribute');
});
