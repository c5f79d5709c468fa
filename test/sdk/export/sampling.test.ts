import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';
import { type RecordingFolder, recordingFolder } from '../../support/recorded.ts';
import { connectV1, v1Server } from '../../support/v1.ts';
import { manage, setEnvironment, shutDownAll } from './support.ts';

let folder: RecordingFolder;
beforeEach(() => {
  setEnvironment();
  folder = recordingFolder();
});
afterEach(async () => {
  await shutDownAll();
  folder.remove();
});

const toFiles = (more: TelemetryConfig): TelemetryConfig => ({
  exporterType: 'file',
  exporterEndpoint: folder.dir,
  ...more,
});

/** Runs sessions of one tool call each; the call carries `meta`. */
async function runSessions(config: TelemetryConfig, sessions: number, meta: object = {}): Promise<void> {
  const telemetry = manage(toFiles(config));
  for (let i = 0; i < sessions; i += 1) {
    const server = v1Server();
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    await client.callTool({ name: 'echo', arguments: { text: 'hi' }, _meta: { ...meta } });
    await client.close();
  }
  await telemetry.shutdown();
}

const spans = () => (folder.names().some((name) => name.includes('traces')) ? folder.spans() : []);

/** How many spans of each session were recorded. */
function sizes(): number[] {
  return counts(spans().map(({ attributes }) => attributes['mcp.client.session.id']));
}

/** How often each value occurs. */
function counts(values: unknown[]): number[] {
  const found = new Map<unknown, number>();
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
  return [...found.values()];
}

function countOf(metric: string): number {
  return folder.points().reduce((sum, point) => sum + (point.metric === metric ? (point.count ?? 0) : 0), 0);
}

const SPANS_OF_A_SESSION = ['start', 'initialize', 'initialized', 'call', 'end'].length;

describe('samplingRate', () => {
  test('1 keeps every session', async () => {
    await runSessions({ samplingRate: 1 }, 3);
    expect(sizes()).toEqual([SPANS_OF_A_SESSION, SPANS_OF_A_SESSION, SPANS_OF_A_SESSION]);
  });

  test('0 keeps none, and metrics count everything', async () => {
    await runSessions({ samplingRate: 0 }, 3);
    expect(spans()).toEqual([]);
    // initialize, initialized and the call.
    expect(countOf('mcp.server.operation.duration')).toBe(9);
    expect(countOf('mcp.server.client_session.duration')).toBe(3);
  });

  test('0.5 keeps whole sessions or nothing of them, and metrics count everything', async () => {
    await runSessions({ samplingRate: 0.5 }, 60);
    const kept = sizes();
    expect(new Set(kept)).toEqual(new Set([SPANS_OF_A_SESSION]));
    // Both happen: the chance that they do not is one in 2^60.
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(60);
    expect(countOf('mcp.server.operation.duration')).toBe(180);
    expect(countOf('mcp.server.client_session.duration')).toBe(60);
  });

  test('is what OTEL_TRACES_SAMPLER says where the code says nothing', async () => {
    setEnvironment({ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' });
    await runSessions({}, 2);
    expect(spans()).toEqual([]);
  });
});

describe('a remote parent', () => {
  const traceparent = (flags: string) => ({
    traceparent: `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`,
  });

  test('that is sampled is followed, though the session is not', async () => {
    await runSessions({ samplingRate: 0 }, 1, traceparent('01'));
    expect(spans().map(({ name, traceId, parentSpanId }) => ({ name, traceId, parentSpanId }))).toEqual([
      {
        name: 'tools/call echo',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        parentSpanId: 'b7ad6b7169203331',
      },
    ]);
  });

  test('that is not sampled is followed, though the session is', async () => {
    await runSessions({ samplingRate: 1 }, 1, traceparent('00'));
    expect(spans().map(({ name }) => name)).not.toContain('tools/call echo');
    expect(sizes()).toEqual([SPANS_OF_A_SESSION - 1]);
  });

  test('counts for nothing where the environment asks for a sampler that takes no parent', async () => {
    setEnvironment({ OTEL_TRACES_SAMPLER: 'always_off' });
    await runSessions({}, 1, traceparent('01'));
    expect(spans()).toEqual([]);
  });
});

describe('a session of more than 1,000 requests', () => {
  test('that is kept is kept in all its traces, each linked to the one before', async () => {
    setEnvironment({ OTEL_BSP_MAX_QUEUE_SIZE: '100000' });
    const telemetry = manage(toFiles({ samplingRate: 0.2 }));
    const recorded = async () => {
      await telemetry.forceFlush();
      return spans();
    };
    // The first session that the sampler keeps; the chance that none of 200 is one in 10^19.
    for (let i = 0; (await recorded()).length === 0; i += 1) {
      expect(i).toBeLessThan(200);
      const server = v1Server();
      telemetry.instrument(server);
      const { client } = await connectV1(server);
      if ((await recorded()).length === 0) continue;
      // Four more traces: the chance that each would be kept by its own luck is one in 600.
      for (let pings = 0; pings < 4_000; pings += 1) await client.ping();
      await client.close();
    }
    await telemetry.shutdown();

    const all = spans();
    expect(all.filter(({ name }) => name === 'ping')).toHaveLength(4_000);
    const roots = all.filter(({ name, parentSpanId }) => name.startsWith('mcp.session') && !parentSpanId);
    expect(roots.map(({ name }) => name)).toEqual([
      'mcp.session start',
      ...Array(4).fill('mcp.session update'),
    ]);
    expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(5);
    for (const [i, root] of roots.entries()) {
      const before = roots[i - 1];
      expect(root.links?.map(({ traceId, spanId }) => ({ traceId, spanId })) ?? []).toEqual(
        before === undefined ? [] : [{ traceId: before.traceId, spanId: before.spanId }],
      );
    }
    expect(Math.max(...counts(all.map(({ traceId }) => traceId)))).toBeLessThanOrEqual(1_000 + 2);
  });
});
