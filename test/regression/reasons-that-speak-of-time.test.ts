import { afterEach, describe, expect, test } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { callTool, observedClient } from '../support/clients.ts';
import { closeRecordings } from '../support/recording.ts';

afterEach(closeRecordings);

// A gateway hands the signal of its own caller on, whose time was over: what it had asked was recorded as a time-out.
describe.each(['v1', 'v2'] as const)('a request of a client of %s that the application aborts', (sdk) => {
  test('is cancelled, though the reason speaks of a time-out', async () => {
    const { client, server, one } = await observedClient(sdk);
    const aborting = new AbortController();
    server.registerTool('slow', {}, () => {
      aborting.abort('McpError: MCP error -32001: Request timed out');
      return new Promise(() => {});
    });
    await expect(callTool(sdk, client, { name: 'slow' }, { signal: aborting.signal })).rejects.toThrow();
    const { attributes, status } = one('tools/call slow');
    expect(attributes['error.type']).toBe('cancelled');
    expect(status.code).toBe(SpanStatusCode.UNSET);
  });

  test('has timed out where its time was over', async () => {
    const { client, server, one } = await observedClient(sdk);
    server.registerTool('slow', {}, () => new Promise(() => {}));
    await expect(callTool(sdk, client, { name: 'slow' }, { timeout: 50 })).rejects.toThrow('timed out');
    expect(one('tools/call slow').attributes['error.type']).toBe('timeout');
  });
});
