import { afterEach, expect, test } from '@jest/globals';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { closeRecordings, record } from '../support/recording.ts';
import { connectV1 } from '../support/v1.ts';

afterEach(closeRecordings);

const SLOW_MS = 60;

/** With source maps, the first look at a stack takes tens of milliseconds. */
function slowToDescribe(looked: () => void): Error {
  return Object.defineProperty(new Error('no'), 'stack', {
    get: () => {
      looked();
      const until = performance.now() + SLOW_MS;
      while (performance.now() < until);
      return 'Error: no';
    },
  });
}

// The span ended after its own exception had been described, later than the response was sent and measured.
test('a span lasts as long as its request took, not as long as it took to describe', async () => {
  const recording = record();
  const server = new McpServer({ name: 'test-server', version: '1.0.0' });
  let lookedAt: number | undefined;
  server.registerTool('fail', {}, async () => {
    throw slowToDescribe(() => {
      lookedAt ??= performance.now();
    });
  });
  recording.telemetry.instrument(server);
  const { client } = await connectV1(server);
  const calledAt = performance.now();
  await client.callTool({ name: 'fail' });

  const span = recording.one('tools/call fail');
  expect(span.events).toHaveLength(1);
  const untilLooked = (lookedAt as unknown as number) - calledAt;
  expect(span.duration[0] * 1000 + span.duration[1] / 1e6).toBeLessThanOrEqual(untilLooked);
  await client.close();
});
