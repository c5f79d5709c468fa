/** npx tsx examples/agent-to-tool/check.ts */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ANY, expectAttributes, expectChild, isError, named, oneSpan } from '../support/expect.ts';
import type { Span } from '../support/otlp-sink.ts';
import { runProgram } from '../support/servers.ts';
import { story } from '../support/story.ts';
import { treeOf } from './tree.ts';

const station = createServer((request, response) => {
  if (request.url === '/Oslo') response.end('It rains in Oslo.');
  else response.writeHead(404).end();
});
await new Promise<void>((resolve) => station.listen(0, '127.0.0.1', resolve));
const { port } = station.address() as AddressInfo;

await story(import.meta.url, async (sink) => {
  const env = { STATION_URL: `http://127.0.0.1:${port}/` };
  const question = 'How is the weather in Oslo, and in Atlantis?';
  const answer = await runProgram(new URL('agent.ts', import.meta.url), [question], sink, env);
  assert.equal(answer, 'It rains in Oslo. no station in Atlantis\n');

  const root = oneSpan(sink, 'invoke_agent trip-planner');
  const tree = treeOf(sink.spans, root);
  console.log(tree);
  const page = await readFile(new URL('../../docs/client.md', import.meta.url), 'utf8');
  assert(page.includes(`\n${tree}\n`), 'docs/client.md shows another trace');

  for (const [request, fails] of [
    ['Oslo', false],
    ['Atlantis', true],
  ] as const) {
    const is = (span: Span): boolean => isError(span) === fails;
    const call = oneSpan(sink, 'tools/call get_weather', is);
    const execute = oneSpan(sink, 'execute_tool get_weather', ({ spanId }) => spanId === call.parentSpanId);
    expectChild(execute, root);
    expectAttributes(execute, {
      'mcp.method.name': 'tools/call',
      'mcp.client.connection.id': ANY,
      'mcp.server.name': 'weather',
      'error.type': fails ? 'tool_error' : undefined,
    });
    expectAttributes(call, { 'mcp.client.session.id': ANY, 'mcp.client.name': 'trip-planner' });
    const get = oneSpan(sink, 'GET', ({ attributes }) => String(attributes['url.full']).endsWith(request));
    expectChild(get, call);
  }
  const [asked, answered] = named(sink, 'tools/list');
  assert(asked !== undefined && answered !== undefined, 'both sides tell of tools/list');
  expectChild(asked, root);
  expectChild(answered, asked);
});
station.close();
