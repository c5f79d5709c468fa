import { expect, test } from '@jest/globals';
import { TelemetryManager } from '../../src/index.ts';
import { linkedPair, newClient, newServer } from '../support/clients.ts';
import { recordingFolder } from '../support/recorded.ts';

// Each request of a client without a span around it is the root of a trace, and was kept or left out by itself.
test('of the connections of a client that samples, all spans are kept or none', async () => {
  const folder = recordingFolder();
  const config = { exporterType: 'file', exporterEndpoint: folder.dir, samplingRate: 0.5 } as const;
  const telemetry = new TelemetryManager(config);
  const connections = 40;
  for (let each = 0; each < connections; each += 1) {
    const client = newClient('v1');
    telemetry.instrumentClient(client);
    const [near, far] = linkedPair('v1');
    await newServer('v1').connect(far);
    await client.connect(near);
    for (let call = 0; call < 3; call += 1) await client.callTool({ name: 'echo' });
    await client.close();
  }
  await telemetry.shutdown();
  const counts = new Map<string, number>();
  const spans = folder
    .lines('traces')
    .flatMap((line: any) => line.resourceSpans[0].scopeSpans.flatMap((scope: any) => scope.spans));
  for (const { attributes } of spans) {
    const { value } = attributes.find(({ key }: any) => key === 'mcp.client.connection.id');
    counts.set(value.stringValue, (counts.get(value.stringValue) ?? 0) + 1);
  }
  // `initialize`, its notification, and the calls.
  expect(new Set(counts.values())).toEqual(new Set([5]));
  expect(counts.size).toBeGreaterThan(0);
  expect(counts.size).toBeLessThan(connections);
  folder.remove();
});
