/** npx tsx examples/prometheus/check.ts */
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { oneSpan } from '../support/expect.ts';
import { startHttpServer } from '../support/servers.ts';
import { story } from '../support/story.ts';

await story(import.meta.url, async (sink) => {
  const { url, stop } = await startHttpServer(import.meta.url, sink);
  const client = new Client(
    { name: 'stock-client', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  await client.connect(new StreamableHTTPClientTransport(url));
  for (const item of ['lamp', 'desk', 'unicorn'])
    await client.callTool({ name: 'count', arguments: { item } });
  await client.close();

  // As Prometheus does it.
  const answer = await fetch(new URL('/metrics', url));
  assert.match(String(answer.headers.get('content-type')), /^text\/plain/);
  const scraped = await answer.text();
  const value = (metric: string, ...labels: string[]): number | undefined => {
    const lines = scraped.split('\n').filter((line) => line.startsWith(`${metric}{`));
    const found = lines.filter((line) => labels.every((label) => line.includes(label)));
    assert(found.length <= 1, `several series of ${metric} with ${labels.join(', ')}`);
    return found[0] === undefined ? undefined : Number(found[0].split(' ').at(-1));
  };
  const calls = 'gen_ai_tool_name="count"';
  const failed = 'error_type="tool_error",exception_type="RangeError"';
  assert.equal(value('mcp_server_operation_duration_count', calls, failed), 1);
  assert.equal(value('mcp_server_operation_duration_bucket', calls, failed, 'le="+Inf"'), 1);
  assert.match(scraped, /^mcp_server_operation_duration_count\{.*gen_ai_tool_name="count".*\} 2$/m);
  assert.equal(value('mcp_server_client_session_active', 'mcp_client_name="stock-client"'), 1);
  assert.equal(value('mcp_server_operation_active', 'mcp_method_name="tools/call"'), 0);
  assert.equal(value('target_info', 'service_name="stock"'), 1);

  await stop();
  // The traces went their own way, and the metrics no other.
  const call = oneSpan(sink, 'tools/call count', ({ status }) => status.code === 2);
  assert.equal(call.resource['service.name'], 'stock');
  assert.deepEqual(sink.points, []);
});
