import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { instrumentServer } from '../../../src/sdk/instrument-server.ts';
import { type OtlpSink, startOtlpSink } from '../../support/otlp-sink.ts';
import { stderrOf } from '../../support/stderr.ts';
import { connectV1, v1Server } from '../../support/v1.ts';
import { setEnvironment } from './support.ts';

let sinks: [OtlpSink, OtlpSink];
beforeEach(async () => {
  setEnvironment();
  sinks = [await startOtlpSink(), await startOtlpSink()];
});
afterEach(async () => {
  await Promise.all(sinks.map((sink) => sink.close()));
});

const values = (items: { resource: Record<string, unknown> }[], name: string) => [
  ...new Set(items.map(({ resource }) => resource[name])),
];

test('two servers of a process export each under its own name, to its own endpoint, with one process session', async () => {
  const managers = await Promise.all(
    sinks.map(async (sink, i) => {
      const server = v1Server();
      const telemetry = instrumentServer(server, { serverName: `server-${i}`, exporterEndpoint: sink.url });
      const { client } = await connectV1(server);
      for (let calls = 0; calls <= i; calls += 1) {
        await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
      }
      telemetry.getIncrementCounter('app.things')(1);
      return telemetry;
    }),
  );
  expect(managers[0]).not.toBe(managers[1]);
  await Promise.all(managers.map((telemetry) => telemetry.shutdown()));

  for (const [i, sink] of sinks.entries()) {
    expect(values([...sink.spans, ...sink.points], 'service.name')).toEqual([`server-${i}`]);
    expect(values([...sink.spans, ...sink.points], 'service.instance.id')).toEqual([managers[0]?.sessionId]);
    expect(sink.spans.filter(({ name }) => name === 'tools/call echo')).toHaveLength(i + 1);
    expect(sink.spans.filter(({ name }) => name === 'mcp.session end')).toHaveLength(1);
    expect(sink.metricNames).toContain('app.things');
    const identities = [...sink.spans, ...sink.points].map(({ attributes }) => attributes['mcp.session.id']);
    expect(new Set(identities)).toEqual(new Set([managers[1]?.sessionId]));
  }
});

test('servers with an equal configuration and different names of their own export each under its own name', async () => {
  const { McpServer } = await import('@modelcontextprotocol/sdk/server/mcp.js');
  const config = { exporterEndpoint: sinks[0].url };
  const managers = ['alpha', 'beta', 'alpha'].map((name) =>
    instrumentServer(new McpServer({ name, version: '1.0.0' }), { ...config }),
  );
  expect(managers[0]).toBe(managers[2]);
  expect(managers[0]).not.toBe(managers[1]);
  for (const telemetry of managers) telemetry.startActiveSpan('work', {}, () => {});
  await Promise.all(managers.map((telemetry) => telemetry.shutdown()));
  expect(values(sinks[0].spans, 'service.name').sort()).toEqual(['alpha', 'beta']);
});

test('servers of more than ten names share the first manager of their configuration, and that is said once', async () => {
  const { McpServer } = await import('@modelcontextprotocol/sdk/server/mcp.js');
  const instrument = (name: string, more: object = {}) =>
    instrumentServer(new McpServer({ name, version: '1.0.0' }), { exporterType: 'none', ...more });
  const managers: ReturnType<typeof instrument>[] = [];
  const said = await stderrOf(async () => {
    for (let n = 0; n < 15; n += 1) managers.push(instrument(`tenant-${n}`));
  });
  expect(new Set(managers).size).toBe(10);
  expect(new Set(managers.slice(10))).toEqual(new Set([managers[0]]));
  expect(said.match(/servers of 10 names have a manager each/g)).toHaveLength(1);
  // One that is gone makes room, and another configuration is another matter.
  await managers[0]?.shutdown();
  managers.push(instrument('tenant-15'), instrument('tenant-16', { sessionScope: 'client' }));
  expect(new Set(managers).size).toBe(12);
  await Promise.all(managers.map((telemetry) => telemetry.shutdown()));
});

test('servers of many names share one manager where the environment names the service', async () => {
  const { McpServer } = await import('@modelcontextprotocol/sdk/server/mcp.js');
  setEnvironment({ OTEL_SERVICE_NAME: 'all' });
  const managers = ['alpha', 'beta'].map((name) =>
    instrumentServer(new McpServer({ name, version: '1.0.0' }), { exporterType: 'none' }),
  );
  expect(managers[0]).toBe(managers[1]);
  await managers[0]?.shutdown();
});

test('a manager that was shut down is not given out again', async () => {
  const config = { exporterEndpoint: sinks[0].url };
  const first = instrumentServer(v1Server(), config);
  await first.shutdown();
  const second = instrumentServer(v1Server(), config);
  expect(second).not.toBe(first);
  second.startActiveSpan('after', {}, () => {});
  await second.shutdown();
  expect(sinks[0].spans.map(({ name }) => name)).toEqual(['after']);
});
