import { afterEach, describe, expect, test } from '@jest/globals';
import { otlpLine, otlpSpan, requestSpan, T0, WEATHER, withRecording } from '../support.ts';
import { type Asking, append, askAbout, pages } from './support.ts';

const CODE_STUDIO = '3f2a9c1b-6d1e-4c52-9a55-0d6f0f7f1a01';
const CANVAS = '3f2a9c1b-77aa-4e0b-8f10-5c1f2e3d4b02';

const open: Asking[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function about(dir: string): Promise<Asking> {
  const asking = await askAbout(dir);
  open.push(asking);
  return asking;
}

/** A failed call of the session `id`, so many milliseconds after T0. */
function failed(id: string, at: number, type = 'Boom', spanId?: string): ReturnType<typeof otlpSpan> {
  const attributes = {
    'mcp.method.name': 'tools/call',
    'mcp.client.session.id': id,
    'jsonrpc.request.id': String(at),
    'gen_ai.tool.name': 'add',
    'error.type': type,
  };
  const status = { code: 2, message: `failed at ${at}` };
  return otlpSpan({ name: 'tools/call add', kind: 2, at, attributes, status, ...(spanId && { id: spanId }) });
}

describe('find_errors', () => {
  test('has what failed, newest first, with what came before and after it', async () => {
    const { json, text } = await (await about(WEATHER)).ask('find_errors');
    expect(json).toMatchObject({
      total: 3,
      types: expect.arrayContaining([
        { type: 'PaymentError', count: 1 },
        { type: '-32002', count: 1 },
        { type: '-32603', count: 1 },
      ]),
      next_cursor: null,
      notes: [],
    });
    expect(json.errors[0]).toMatchObject({
      sessionId: CANVAS,
      clientName: 'Canvas',
      clientVersion: '0.50',
      service: 'weather',
      time: '2026-11-20T13:28:20.000Z',
      type: 'tools/call get_forecast',
      method: 'tools/call',
      target: 'get_forecast',
      errorType: '-32603',
      error: '-32603: upstream timeout',
      before: { type: 'tools/call get_weather', status: 'ok' },
      after: null,
    });
    expect(json.errors.slice(1)).toMatchObject([
      {
        sessionId: CODE_STUDIO,
        type: 'resources/read file:///etc/motd',
        error: '-32002: resource not found',
        before: { type: '→ sampling/createMessage', status: 'ok' },
        after: { type: 'prompts/get greeting', status: 'ok' },
      },
      {
        sessionId: CODE_STUDIO,
        errorType: 'PaymentError',
        error: 'PaymentError: card declined',
        latencyMs: 340,
        before: { type: 'tools/list', status: 'ok', time: '2026-11-20T13:00:00.020Z' },
        after: {
          type: 'tools/call create_payment',
          status: 'ok',
          time: '2026-11-20T13:00:04.000Z',
          error: null,
        },
      },
    ]);
    expect(text).toContain('3 failures, newest first (UTC):');
    expect(text).toContain(
      [
        `- 2026-11-20T13:00:02.000Z | tools/call create_payment | PaymentError: card declined | code-studio 2.1.4 | server weather | session ${CODE_STUDIO}`,
        '    before: tools/list | ok',
        '    after: tools/call create_payment | ok',
      ].join('\n'),
    );
  });

  test('puts those together that are equal but for what varies, and says when, of whom, and an example', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => otlpLine([failed(`session-${i % 3}`, i)]));
    lines.push(otlpLine([failed('session-9', 100, 'Bang', 'bbbbbbbbbbbbbbbb')], 'p', 'shop'));
    await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
      const asking = await about(dir);
      const { json, text } = await asking.ask('find_errors', { limit: 5 });
      const at = (ms: number) => new Date(T0 + ms).toISOString();
      const boom = {
        tool: 'add',
        method: 'tools/call',
        errorType: 'Boom',
        text: 'failed at …',
        count: 30,
        sessions: 3,
      };
      expect(json.groups).toMatchObject([
        { ...boom, first: at(0), last: at(29), clients: ['unknown client'], services: [] },
        {
          errorType: 'Bang',
          count: 1,
          services: ['shop'],
          exampleSessionId: 'session-9',
          exampleSpanId: 'bbbbbbbbbbbbbbbb',
        },
      ]);
      expect(json.groupCount).toBe(2);
      expect(text).toContain(
        `- 30 x add | Boom: failed at … | ${at(0)} to ${at(29)} | unknown client\n- 1 x add | Bang: failed at … |`,
      );
      const next = await asking.ask('find_errors', { limit: 5, cursor: json.next_cursor });
      expect([next.json.groups, next.json.groupCount]).toEqual([[], 2]);
      const { json: some } = await asking.ask('find_errors', { error_type: 'Bang' });
      expect(some.groups).toMatchObject([{ errorType: 'Bang', count: 1 }]);
    });
  });

  test.each([
    [{ client: 'CANVAS' }, ['-32603']],
    [{ client: '2.1' }, ['-32002', 'PaymentError']],
    [{ tool: 'create_payment' }, ['PaymentError']],
    [{ error_type: '-32002' }, ['-32002']],
    [{ service: 'weather' }, ['-32603', '-32002', 'PaymentError']],
    [{ service: 'other' }, []],
    [{ since: '10m' }, ['-32603']],
    [{ until: '2026-11-20T13:01:00Z' }, ['PaymentError']],
    [{ since: '2026-11-20T13:01:00Z', until: '2026-11-20T13:02:00Z' }, ['-32002']],
    [{ tool: 'create_payment', client: 'Canvas' }, []],
  ])('with %j has those that are asked for, and counts them', async (args, expected) => {
    const { json, text, isError } = await (await about(WEATHER)).ask('find_errors', args);
    expect({ isError, error: isError ? text : '' }).toEqual({ isError: false, error: '' });
    expect(json.errors.map(({ errorType }: { errorType: string }) => errorType)).toEqual(expected);
    expect(json.total).toBe(expected.length);
    expect(json.types.map(({ type }: { type: string }) => type).sort()).toEqual([...expected].sort());
  });

  test('gives every failure once over all pages, though more fail in between, and times are equal', async () => {
    const lines = Array.from({ length: 33 }, (_, i) =>
      otlpLine([failed(`session-${i % 4}`, 10 * Math.floor(i / 5))]),
    );
    await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
      const found = await pages(await about(dir), 'find_errors', { limit: 4 }, (page) =>
        append(dir, [failed('session-1', 1_000 + page, 'Late')]),
      );
      const ids = found.flatMap(({ errors }) => errors.map(({ spanId }: { spanId: string }) => spanId));
      const times = found.flatMap(({ errors }) =>
        errors.map(({ time }: { time: string }) => Date.parse(time)),
      );
      expect(new Set(ids).size).toBe(33);
      expect(times).toEqual([...times].sort((a, b) => b - a));
      expect(times[0]).toBe(T0 + 60);
      expect(found.at(-1).types).toEqual([
        { type: 'Boom', count: 33 },
        { type: 'Late', count: found.length - 1 },
      ]);
    });
  });

  test('finds what came before and after in a session of thousands of events', async () => {
    const spans = Array.from({ length: 2_400 }, (_, i) =>
      i % 800 === 799 ? failed('s', i) : requestSpan(i, { 'gen_ai.tool.name': `tool-${i}` }),
    );
    await withRecording({ 'a.traces.jsonl': `${otlpLine(spans)}\n` }, async (dir) => {
      const { json } = await (await about(dir)).ask('find_errors', { error_type: 'Boom' });
      expect(json.errors.map(({ before, after }: any) => [before?.type, after?.type])).toEqual([
        ['tools/call tool-2398', undefined],
        ['tools/call tool-1598', 'tools/call tool-1600'],
        ['tools/call tool-798', 'tools/call tool-800'],
      ]);
    });
  });

  test('finds its event among many of the same millisecond', async () => {
    const spans = Array.from({ length: 1_500 }, (_, i) => requestSpan(5, {}, { nanos: i }));
    const failure = failed('s', 5, 'Boom', 'abcdefabcdefabcd');
    await withRecording({ 'a.traces.jsonl': `${otlpLine([...spans, failure])}\n` }, async (dir) => {
      const { json } = await (await about(dir)).ask('find_errors');
      expect(json.errors).toMatchObject([{ spanId: 'abcdefabcdefabcd', error: 'Boom: failed at 5' }]);
    });
  });
});
