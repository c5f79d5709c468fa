import { afterEach, describe, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { closeRecordings, type Recording, record } from '../../support/recording.ts';
import { until } from '../../support/until.ts';
import { connectV1, v1Server } from '../../support/v1.ts';

const OPEN = 'mcp.client.session.open_requests';
const SINCE = 'mcp.client.session.open_since_unix_ms';
const INTERVAL_MS = 40;

afterEach(closeRecordings);

describe('a session that waits', () => {
  test('tells which requests are open and since when, the oldest first, once and without a change of its counts', async () => {
    const { recording, client, answer } = await stuckServer();
    const before = Date.now();
    const calls: Promise<unknown>[] = [client.callTool({ name: 'slow_report' })];
    await until(() => reports(recording)[0], 'the report of the first call');
    calls.push(client.callTool({ name: 'slow_report' }), client.getPrompt({ name: 'slow_prompt' }));
    const report = await until(
      () => reports(recording).find((names) => names.length === 3),
      'the report of all three',
    );
    expect(report).toEqual(['tools/call slow_report', 'tools/call slow_report', 'prompts/get slow_prompt']);
    const since = lastSince(recording);
    expect(since).toEqual([...since].sort((a, b) => a - b));
    for (const ms of since) {
      expect(Number.isInteger(ms)).toBe(true);
      expect(ms).toBeGreaterThanOrEqual(before - 2);
      expect(ms).toBeLessThanOrEqual(Date.now() + 2);
    }
    const told = recording.named('mcp.session update').length;
    answer();
    await Promise.all(calls);
    const after = await until(
      () => recording.named('mcp.session update')[told],
      'the report that it waits no longer',
    );
    expect(after.attributes).not.toHaveProperty([OPEN]);
    expect(after.attributes).not.toHaveProperty([SINCE]);
  });

  test('names no more than twenty, and no tool that the server does not have', async () => {
    const { recording, client, answer } = await stuckServer();
    const calls = Array.from({ length: 25 }, () => client.callTool({ name: 'slow_report' }));
    await until(() => reports(recording).find(({ length }) => length === 20), 'the report of twenty');
    expect(lastSince(recording)).toHaveLength(20);
    answer();
    await Promise.all(calls);
  });

  test('does not name a tool that nobody registered', async () => {
    const recording = record({ sessionUpdateIntervalMs: INTERVAL_MS });
    const server = v1Server();
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    server.server.fallbackRequestHandler = async () => {
      await answered;
      return {};
    };
    server.server.removeRequestHandler('tools/call');
    recording.telemetry.instrument(server);
    const { client } = await connectV1(server);
    const call = client.callTool({ name: 'password-hunter2' });
    expect(await until(() => reports(recording)[0], 'a report')).toEqual(['tools/call']);
    answer();
    await call.catch(() => {});
  });

  test('does not wait for what its client has cancelled', async () => {
    const { recording, client, answer } = await stuckServer();
    const gone = new AbortController();
    const cancelled = client.callTool({ name: 'slow_report' }, undefined, { signal: gone.signal });
    const waiting = client.getPrompt({ name: 'slow_prompt' });
    await until(() => reports(recording).find(({ length }) => length === 2), 'the report of both');
    gone.abort();
    await expect(cancelled).rejects.toThrow();
    await client.ping();
    const report = await until(
      () => reports(recording).find(({ length }) => length === 1),
      'the report of one',
    );
    expect(report).toEqual(['prompts/get slow_prompt']);
    answer();
    await waiting;
  });
});

/** A server whose tool and prompt answer when they are told to. */
async function stuckServer(): Promise<{ recording: Recording; client: Client; answer: () => void }> {
  const recording = record({ sessionUpdateIntervalMs: INTERVAL_MS });
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const server = v1Server();
  server.registerTool('slow_report', {}, async () => {
    await answered;
    return { content: [] };
  });
  server.registerPrompt('slow_prompt', {}, async () => {
    await answered;
    return { messages: [] };
  });
  recording.telemetry.instrument(server);
  const { client } = await connectV1(server);
  return { recording, client, answer };
}

/** What each update named. */
function reports({ named }: Recording): string[][] {
  return named('mcp.session update').flatMap(({ attributes }) =>
    attributes[OPEN] === undefined ? [] : [attributes[OPEN] as string[]],
  );
}

function lastSince({ named }: Recording): number[] {
  const told = named('mcp.session update').filter(({ attributes }) => attributes[SINCE] !== undefined);
  return told.at(-1)?.attributes[SINCE] as number[];
}
