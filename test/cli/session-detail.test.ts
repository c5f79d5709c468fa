import { describe, expect, test } from '@jest/globals';
import {
  otlpLine,
  otlpSpan,
  requestSpan,
  type SpanParts,
  sessionSpan,
  WEATHER,
  withRecording,
} from '../explorer/support.ts';
import { runCli } from './support.ts';

const SESSION = '3f2a9c1b-6d1e-4c52-9a55-0d6f0f7f1a01';

const show = (...options: string[]) => runCli(['sessions', WEATHER, '--session', ...options]);
const showJson = async (...options: string[]) => JSON.parse((await show(...options, '--json')).stdout);

describe('one session', () => {
  test('shows its facts and every event in order, whatever the order in the files', async () => {
    const { code, stdout, stderr } = await show(SESSION);
    expect(stdout.split('\n')).toEqual([
      'Session   3f2a9c1b-6d1e-4c52-9a55-0d6f0f7f1a01',
      'Client    code-studio 2.1.4',
      'Source    connection (one id per connection: there is none on the wire)',
      'Server    weather',
      'Protocol  2025-11-25, stdio',
      'Started   2026-11-20 13:00:00',
      'Duration  3 min 4 s',
      'Status    ended (stdin_eof)',
      'Calls     8',
      'Errors    2',
      'Tools     create_payment, get_weather',
      '',
      'Time          Event                            Latency  Status     Error',
      '13:00:00.000  session start',
      '13:00:00.000  initialize                          3 ms  ok',
      '13:00:00.005  notifications/initialized         0.3 ms  ok',
      '13:00:00.020  tools/list                         12 ms  ok',
      '13:00:02.000  tools/call create_payment         340 ms  error      PaymentError: card declined',
      '    arguments {"amount":12,"to":"[REDACTED]"}',
      '13:00:04.000  tools/call create_payment          1.2 s  ok',
      '    arguments {"amount":12}',
      '    result {"content":[{"type":"text","text":"paid"}]}',
      '13:00:04.050  charge card                       901 ms  ok',
      '13:00:04.100  → sampling/createMessage          800 ms  ok',
      '13:01:10.000  resources/read file:///etc/motd     2 ms  error      -32002: resource not found',
      '13:01:15.000  prompts/get greeting                4 ms  ok',
      '13:01:20.000  tools/call get_weather            30.5 s  cancelled',
      '13:03:04.000  session end (stdin_eof)',
      '',
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('leaves interim reports out unless all is asked for', async () => {
    expect((await show(SESSION)).stdout).not.toContain('session update');
    expect((await show(SESSION, '--all')).stdout).toContain('13:01:00.000  session update\n');
  });

  test('goes to machines whole: what kind of event, where it stands in the traces, what was captured', async () => {
    const { session, events } = await showJson(SESSION);
    expect(session).toMatchObject({ id: SESSION, calls: 8, endReason: 'stdin_eof' });
    expect(events.map(({ kind }: { kind: string }) => kind)).toEqual([
      'session',
      'request',
      'notification',
      'request',
      'request',
      'request',
      'custom',
      'sent',
      'request',
      'request',
      'request',
      'session',
    ]);
    expect(events[4]).toEqual({
      time: '2026-11-20T13:00:02.000Z',
      kind: 'request',
      type: 'tools/call create_payment',
      method: 'tools/call',
      target: 'create_payment',
      latencyMs: 340,
      status: 'error',
      error: 'PaymentError: card declined',
      arguments: '{"amount":12,"to":"[REDACTED]"}',
      result: null,
      requestSize: null,
      responseSize: null,
      estimatedTokens: null,
      requestId: '00000000-0000-4000-8000-000000000002',
      traceId: '11'.repeat(16),
      spanId: '0000000000000005',
    });
    expect(events[0]).toMatchObject({ type: 'session start', latencyMs: null, status: null, error: null });
  });

  test('puts the start before the request that opened it and the end behind the last, in the same millisecond', async () => {
    const spans = [sessionSpan('end', 1, 0), requestSpan(0), sessionSpan('start', 0, 0)];
    await withRecording({ 'a.traces.jsonl': [otlpLine(spans)] }, async (dir) => {
      const { stdout } = await runCli(['sessions', dir, '--session', 's', '--json']);
      const types = JSON.parse(stdout).events.map(({ type }: { type: string }) => type);
      expect(types).toEqual(['session start', 'tools/call', 'session end']);
    });
  });

  const own = (name: string, more: Partial<SpanParts>) =>
    otlpSpan({ name, at: 5, attributes: { 'mcp.client.session.id': 's' }, ...more });
  const typesOf = (spans: unknown[]): Promise<string[]> =>
    withRecording({ 'a.traces.jsonl': [otlpLine(spans)] }, async (dir) => {
      const { stdout } = await runCli(['sessions', dir, '--session', 's', '--json']);
      return JSON.parse(stdout).events.map(({ type }: { type: string }) => type);
    });

  test('puts a parent before its children where they start in the same millisecond, or nanosecond', async () => {
    const family = (nanos: number[]) => [
      own('grandchild', { id: 'c'.repeat(16), parent: 'b'.repeat(16), nanos: nanos[2]! }),
      own('child', { id: 'b'.repeat(16), parent: 'a'.repeat(16), nanos: nanos[1]! }),
      requestSpan(5, {}, { id: 'a'.repeat(16), nanos: nanos[0]! }),
    ];
    const expected = ['tools/call', 'child', 'grandchild'];
    expect(await typesOf(family([0, 0, 0]))).toEqual(expected);
    expect(await typesOf(family([10, 11, 12]))).toEqual(expected);
    expect(await typesOf(family([999_997, 999_998, 999_999]))).toEqual(expected);
    // The clocks of a request and of the SDK are not the same.
    expect(await typesOf(family([500_000, 400_000, 400_001]))).toEqual(expected);
  });

  test('keeps the order of nanoseconds, and that of the last ones of a millisecond before the next', async () => {
    const spans = [
      own('fourth', { at: 6, nanos: 1 }),
      own('third', { nanos: 999_999 }),
      own('second', { nanos: 21 }),
      own('first', { nanos: 20 }),
    ];
    expect(await typesOf(spans)).toEqual(['first', 'second', 'third', 'fourth']);
  });

  test('survives spans that are their own ancestors', async () => {
    const ids = ['1'.repeat(16), '2'.repeat(16)] as const;
    const spans = [own('a', { id: ids[0], parent: ids[1] }), own('b', { id: ids[1], parent: ids[0] })];
    expect((await typesOf(spans)).sort()).toEqual(['a', 'b']);
  });

  test('dates its events where they are not of one day', async () => {
    const spans = [sessionSpan('start', 0, 0), requestSpan(86_400_000)];
    await withRecording({ 'a.traces.jsonl': [otlpLine(spans)] }, async (dir) => {
      const { stdout } = await runCli(['sessions', dir, '--session', 's']);
      expect(stdout).toContain('2026-11-20 13:00:00.000  session start');
      expect(stdout).toContain('2026-11-21 13:00:00.000  tools/call');
    });
  });

  test('shows times in the zone of the machine', async () => {
    const { stdout } = await runCli(['sessions', WEATHER, '--session', SESSION], {
      timeZone: 'Asia/Kolkata',
    });
    expect(stdout).toContain('Started   2026-11-20 18:30:00');
    expect(stdout).toContain('18:30:02.000  tools/call create_payment');
  });
});

describe('the id', () => {
  test('may be shortened as the table shows it, in any case, with or without the mark of inferred ones', async () => {
    for (const typed of ['3f2a9c1b-6', '3F2A9C1B-6D'])
      expect((await showJson(typed)).session.id).toBe(SESSION);
    for (const typed of ['~d15ea5e0', 'd15ea5e0', 'd1']) {
      expect((await showJson(typed)).session.id).toBe('d15ea5e0-5555-4666-8777-888888888804');
    }
  });

  test('may be pasted as it is shown: with a mark before it, or cut off', async () => {
    for (const typed of ['~ d15ea5e0', '~d15ea5e0-5555…', 'd15ea5e0-5555...']) {
      expect((await showJson(typed)).session.id).toBe('d15ea5e0-5555-4666-8777-888888888804');
    }
    expect((await show('~')).stderr).toBe(`mcp-sessionscope: no session in ${WEATHER} has an id like ~\n`);
  });

  test('may be another part of it where no id begins so', async () => {
    expect((await showJson('f7f1a01')).session.id).toBe(SESSION);
  });

  test('is refused where it could be several, which are listed with client and time', async () => {
    expect(await show('3f2a9c1b')).toEqual({
      code: 1,
      stdout: '',
      stderr: [
        'mcp-sessionscope: 3f2a9c1b could be any of these sessions:',
        '    Session                               Client             Started',
        '    3f2a9c1b-77aa-4e0b-8f10-5c1f2e3d4b02  Canvas 0.50        Nov 20 13:10',
        '    3f2a9c1b-6d1e-4c52-9a55-0d6f0f7f1a01  code-studio 2.1.4  Nov 20 13:00',
        '',
      ].join('\n'),
    });
  });

  test('means the session that has exactly this id, though others begin with it', async () => {
    const ids = ['chat-1', 'chat-10'];
    const spans = ids.map((id) => requestSpan(0, { 'mcp.client.session.id': id }));
    await withRecording({ 'a.traces.jsonl': [otlpLine(spans)] }, async (dir) => {
      const { stdout } = await runCli(['sessions', dir, '--session', 'chat-1', '--json']);
      expect(JSON.parse(stdout).session.id).toBe('chat-1');
    });
  });

  test('that no session has ends with 1 and a sentence', async () => {
    expect(await show('nope')).toEqual({
      code: 1,
      stdout: '',
      stderr: `mcp-sessionscope: no session in ${WEATHER} has an id like nope\n`,
    });
  });
});
