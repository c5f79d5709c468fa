import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SpanStatusCode } from '@opentelemetry/api';
import type { TelemetryConfig } from '../../src/sdk/types.ts';
import { closeRecordings, type Recording, record } from '../support/recording.ts';
import { settled, until } from '../support/until.ts';
import { type RawWire, wireV1 } from '../support/wire.ts';

const CALL = 'tools/call hang';
const LIMIT_MS = 30_000;
/** Within which the limit is noticed. */
const TICK_MS = 10_000;

beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'],
  });
});

afterEach(async () => {
  jest.useRealTimers();
  await closeRecordings();
});

interface Hanging extends Recording {
  wire: RawWire;
  signals: AbortSignal[];
  /** Ends the handlers. */
  settle(): Promise<void>;
}

async function hangingServer(config: TelemetryConfig = {}): Promise<Hanging> {
  const recording = record(config);
  const server = new McpServer({ name: 'hanging', version: '1' });
  const open: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  server.registerTool('hang', {}, async ({ signal }) => {
    signals.push(signal);
    await new Promise<void>((resolve) => open.push(resolve));
    return { content: [] };
  });
  recording.telemetry.instrument(server);
  const wire = await wireV1(server);
  await wire.initialize();
  const settle = async (): Promise<void> => {
    for (const end of open) end();
    await settled();
  };
  return { ...recording, wire, signals, settle };
}

async function callAndCancel({ wire, signals }: Hanging, id: number): Promise<void> {
  const calls = signals.length;
  wire.request(id, 'tools/call', { name: 'hang' });
  await until(() => signals.length > calls, 'the call');
  wire.notify('notifications/cancelled', { requestId: id });
  await until(() => id === 0 || signals[calls]?.aborted, 'the signal');
  await settled();
}

// Such a call had no span, counted as open and kept its session active, until the process ended.
describe('a tool that hangs for ever after its client has cancelled the call', () => {
  test('is recorded after half a minute, as cancelled and abandoned', async () => {
    const hanging = await hangingServer();
    await callAndCancel(hanging, 1);
    jest.advanceTimersByTime(LIMIT_MS - 1_000);
    expect(hanging.named(CALL)).toEqual([]);
    jest.advanceTimersByTime(TICK_MS);
    const span = hanging.one(CALL);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toMatchObject({ 'error.type': 'cancelled', 'mcp.request.abandoned': true });
    for (const { value } of await hanging.points('mcp.server.operation.active')) expect(value).toBe(0);
    await hanging.wire.close();
  });

  test('is recorded once, though it settles later', async () => {
    const hanging = await hangingServer();
    await callAndCancel(hanging, 1);
    jest.advanceTimersByTime(LIMIT_MS + TICK_MS);
    await hanging.settle();
    expect(hanging.named(CALL)).toHaveLength(1);
    await hanging.wire.close();
    await hanging.telemetry.shutdown();
    expect(hanging.named(CALL)).toHaveLength(1);
    const [point] = (await hanging.points('mcp.server.operation.duration')).filter(
      ({ attributes }) => attributes['gen_ai.tool.name'] === 'hang',
    );
    expect(point?.value).toMatchObject({ count: 1 });
    expect(point?.attributes).not.toHaveProperty(['mcp.request.abandoned']);
  });

  test('does not keep its session from falling idle', async () => {
    const hanging = await hangingServer({ sessionIdleTimeoutMs: 60_000 });
    await callAndCancel(hanging, 1);
    jest.advanceTimersByTime(60_000 + TICK_MS);
    expect(hanging.one('mcp.session end').attributes).toMatchObject({
      'mcp.client.session.end_reason': 'idle_timeout',
      'mcp.client.session.errors': 0,
    });
    await hanging.wire.close();
  });
});

test('a cancelled call whose handler settles in time is not abandoned', async () => {
  const hanging = await hangingServer();
  await callAndCancel(hanging, 1);
  jest.advanceTimersByTime(LIMIT_MS - 1_000);
  await hanging.settle();
  jest.advanceTimersByTime(TICK_MS);
  expect(hanging.one(CALL).attributes['error.type']).toBe('cancelled');
  expect(hanging.one(CALL).attributes).not.toHaveProperty(['mcp.request.abandoned']);
  await hanging.wire.close();
});

test('a call that nobody cancelled keeps its session, and one with the id 0 too: v1 does not cancel it', async () => {
  const hanging = await hangingServer({ sessionIdleTimeoutMs: 60_000 });
  await callAndCancel(hanging, 0);
  expect(hanging.signals[0]?.aborted).toBe(false);
  jest.advanceTimersByTime(600_000);
  expect(hanging.named(CALL)).toEqual([]);
  expect(hanging.named('mcp.session end')).toEqual([]);
  await hanging.settle();
  await hanging.wire.answer(0);
  expect(hanging.one(CALL).attributes).not.toHaveProperty(['error.type']);
  await hanging.wire.close();
});
