import { afterEach, describe, expect, test } from '@jest/globals';
import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SpanKind } from '@opentelemetry/api';
import type { TelemetryConfig } from '../../src/sdk/types.ts';
import { closeRecordings, type Recording, record } from '../support/recording.ts';
import { connectV1, v1Server } from '../support/v1.ts';

afterEach(closeRecordings);

/** What is recorded while a client reads `uri`. */
async function reading(uri: string, config: TelemetryConfig): Promise<Recording & { server: McpServer }> {
  const recording = record(config);
  const server = v1Server();
  const any = new ResourceTemplate('note://{+path}', { list: undefined });
  server.registerResource('any', any, {}, async ({ href }) => ({ contents: [{ uri: href, text: '' }] }));
  recording.telemetry.instrument(server);
  const { client } = await connectV1(server);
  await client.readResource({ uri });
  return { ...recording, server };
}

describe('the URI of a resource in the names of spans', () => {
  test('is not there unless it is asked for', async () => {
    const { one } = await reading('note://1', {});
    expect(one('resources/read').attributes['mcp.resource.uri']).toBe('note://1');
  });

  test('stands after the method, whoever sends it', async () => {
    const { one, server } = await reading('note://1', { resourceUriInSpanName: true });
    expect(one('resources/read note://1').kind).toBe(SpanKind.SERVER);
    await server.server.notification({
      method: 'notifications/resources/updated',
      params: { uri: 'note://1' },
    });
    expect(one('notifications/resources/updated note://1').kind).toBe(SpanKind.CLIENT);
  });

  test('is redacted, as the attribute is', async () => {
    const { spans } = await reading('note://joe@example.com/1', { resourceUriInSpanName: true });
    const read = spans().find(({ name }) => name.startsWith('resources/read'));
    expect(read?.name).toBe(`resources/read ${read?.attributes['mcp.resource.uri']}`);
    expect(read?.name).not.toContain('joe@example.com');
  });

  test('is cut', async () => {
    const { spans } = await reading(`note://${'x'.repeat(500)}`, { resourceUriInSpanName: true });
    const read = spans().find(({ name }) => name.startsWith('resources/read'));
    expect(read?.name).toMatch(/^resources\/read note:\/\/x+…$/);
    expect(read?.name.length).toBe('resources/read '.length + 128);
  });

  test('is not there where a data processor took it off the span', async () => {
    const { one } = await reading('note://1', {
      resourceUriInSpanName: true,
      dataProcessors: [({ 'mcp.resource.uri': _uri, ...rest }) => rest],
    });
    expect(one('resources/read').attributes).not.toHaveProperty(['mcp.resource.uri']);
  });

  test('is on no data point', async () => {
    const { points } = await reading('note://1', { resourceUriInSpanName: true });
    expect(JSON.stringify(await points())).not.toContain('note://1');
  });
});
