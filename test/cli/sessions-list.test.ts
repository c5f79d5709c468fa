import { describe, expect, test } from '@jest/globals';
import { NOW, otlpLine, requestSpan, sessionSpan, T0, WEATHER, withRecording } from '../explorer/support.ts';
import { listRows, runCli } from './support.ts';

const ENDED = '3f2a9c1b-6d1e-4c52-9a55-0d6f0f7f1a01';
const ACTIVE = '3f2a9c1b-77aa-4e0b-8f10-5c1f2e3d4b02';
const LOST = 'c0ffee00-1111-4222-8333-444444444403';
const INFERRED = 'd15ea5e0-5555-4666-8777-888888888804';

describe('the sessions table', () => {
  test('has a row per client session, the newest first, with everything that is known', async () => {
    const { code, stdout, stderr } = await runCli(['sessions', WEATHER]);
    expect(stdout.split('\n')).toEqual([
      'Session     Client                  Source      Started        Duration  Calls  Errors  Status  Tools',
      '~d15ea5e0   chat-ui 7               inferred    Nov 20 13:15  1 min 1 s      3       0  ended   get_weather',
      '3f2a9c1b-7  Canvas 0.50             protocol    Nov 20 13:10     20 min      3       1  active  get_weather, get_forecast',
      'c0ffee00    日本語クライアント 1.0  protocol    Nov 20 13:05       3 ms      1       0  lost',
      '3f2a9c1b-6  code-studio 2.1.4       connection  Nov 20 13:00  3 min 4 s      8       2  ended   create_payment, get_weather',
      '',
      '~ inferred: requests of one caller, joined; no session id came with them.',
      '',
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('says the same to machines, with whole ids and every field', async () => {
    const rows = await listRows(WEATHER);
    expect(rows.map(({ id }) => id)).toEqual([INFERRED, ACTIVE, LOST, ENDED]);
    expect(rows[3]).toEqual({
      id: ENDED,
      otherIds: [],
      parts: 1,
      processes: 1,
      source: 'connection',
      conversationId: null,
      protocolSessionIds: [],
      hasMoreProtocolSessionIds: false,
      sender: null,
      seenByClient: null,
      service: 'weather',
      clientName: 'code-studio',
      clientVersion: '2.1.4',
      protocolVersion: '2025-11-25',
      transport: 'pipe',
      startedAt: '2026-11-20T13:00:00.000Z',
      lastSeenAt: '2026-11-20T13:03:04.000Z',
      durationMs: 184000,
      calls: 8,
      errors: 2,
      status: 'ended',
      endReason: 'stdin_eof',
      tools: ['create_payment', 'get_weather'],
      hasMoreTools: false,
      openRequests: [],
      key: null,
      caveats: [],
      requestSize: null,
      responseSize: null,
      estimatedTokens: null,
    });
  });

  test('shows the year instead of the time of a session of another year', async () => {
    const { stdout } = await runCli(['sessions', WEATHER], { now: () => NOW + 366 * 86_400_000 });
    expect(stdout).toContain('2026-11-20');
    expect(stdout).not.toContain('13:00');
  });

  test('reads one file where a file is named, and the folder of the environment where nothing is', async () => {
    const file = 'weather-20261120T130000Z-4711-0b0e7c1a.traces.jsonl';
    const rows = await listRows(`${WEATHER}/${file}`);
    expect(rows.map(({ id, status, calls }) => ({ id, status, calls }))).toEqual([
      { id: ENDED, status: 'lost', calls: 4 },
    ]);
    const { stdout } = await runCli(['sessions'], { env: { MCP_SESSIONSCOPE_DIR: WEATHER } });
    expect(stdout).toContain('Canvas');
  });
});

describe('filters', () => {
  const idsWith = async (...options: string[]) => (await listRows(WEATHER, ...options)).map(({ id }) => id);

  test('find clients and tools by any part of their name, in any case', async () => {
    expect(await idsWith('--client', 'CANVAS')).toEqual([ACTIVE]);
    expect(await idsWith('--client', 'studio 2.1')).toEqual([ENDED]);
    expect(await idsWith('--tool', 'Payment')).toEqual([ENDED]);
    expect(await idsWith('--tool', 'get_', '--client', 'c')).toEqual([INFERRED, ACTIVE, ENDED]);
  });

  test('find a tool that only a request newer than the newest session span tells of', async () => {
    expect(await idsWith('--tool', 'forecast')).toEqual([ACTIVE]);
  });

  test('choose by status and by errors', async () => {
    expect(await idsWith('--status', 'active')).toEqual([ACTIVE]);
    expect(await idsWith('--status', 'ended')).toEqual([INFERRED, ENDED]);
    expect(await idsWith('--status', 'lost')).toEqual([LOST]);
    expect(await idsWith('--errors')).toEqual([ACTIVE, ENDED]);
  });

  test('choose the sessions that were open since a time', async () => {
    expect(await idsWith('--since', '15m')).toEqual([INFERRED, ACTIVE]);
    expect(await idsWith('--since', '2026-11-20T13:04:00Z')).toEqual([INFERRED, ACTIVE, LOST]);
    expect(await idsWith('--since', '1w')).toEqual([INFERRED, ACTIVE, LOST, ENDED]);
    // Active sessions are open now, whenever they were heard of last.
    expect(await idsWith('--since', '1s')).toEqual([ACTIVE]);
  });

  test('choose the sessions that were open until a time, or between two', async () => {
    expect(await idsWith('--until', '2026-11-20T13:05:30Z')).toEqual([LOST, ENDED]);
    expect(await idsWith('--since', '2026-11-20T13:04:00Z', '--until', '2026-11-20T13:05:30Z')).toEqual([
      LOST,
    ]);
    const { code, stderr } = await runCli(['sessions', WEATHER, '--since', '5m', '--until', '10m']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'mcp-sessionscope: --since is later than --until\n',
    });
  });

  test('choose by a part of the name of the server', async () => {
    expect(await idsWith('--service', 'EATH')).toHaveLength(4);
    expect(await idsWith('--service', 'payments')).toEqual([]);
  });

  test('say on stderr that none matches, and give machines an empty array', async () => {
    const text = await runCli(['sessions', WEATHER, '--client', 'nobody']);
    expect(text).toEqual({
      code: 0,
      stdout: '',
      stderr: `mcp-sessionscope: none of the 4 sessions in ${WEATHER} matches\n`,
    });
    expect((await runCli(['sessions', WEATHER, '--client', 'nobody', '--json'])).stdout).toBe('[]\n');
    await withRecording({ 'a.traces.jsonl': [otlpLine([sessionSpan('start', 0, 0)])] }, async (dir) => {
      const { stderr } = await runCli(['sessions', dir, '--client', 'nobody']);
      expect(stderr).toBe(`mcp-sessionscope: the one session in ${dir} does not match\n`);
    });
  });

  test('keep the newest when limited, and say that more were left out', async () => {
    const { stdout, stderr } = await runCli(['sessions', WEATHER, '--limit', '2', '--json']);
    expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual([INFERRED, ACTIVE]);
    expect(stderr).toBe('mcp-sessionscope: showing the newest 2 of 4 sessions (--limit 2)\n');
    expect((await runCli(['sessions', WEATHER, '--limit', '4'])).stderr).toBe('');
  });

  test('count silent sessions as lost after the time that is asked for', async () => {
    expect(await idsWith('--status', 'lost', '--lost-after', '1h')).toEqual([]);
    expect(await idsWith('--status', 'lost', '--lost-after', '30s')).toEqual([ACTIVE, LOST]);
  });
});

describe('the order', () => {
  const idsBy = async (...options: string[]) => (await listRows(WEATHER, ...options)).map(({ id }) => id);

  test('is that of a column, with the most first where it counts, and the other way round if asked for', async () => {
    expect(await idsBy('--sort', 'errors')).toEqual([ENDED, ACTIVE, INFERRED, LOST]);
    expect(await idsBy('--sort', 'errors:asc')).toEqual([INFERRED, LOST, ACTIVE, ENDED]);
    expect(await idsBy('--sort', 'error_rate')).toEqual([ACTIVE, ENDED, INFERRED, LOST]);
    expect(await idsBy('--sort', 'client')).toEqual([ACTIVE, INFERRED, ENDED, LOST]);
    expect(await idsBy('--sort', 'status')).toEqual([ACTIVE, LOST, INFERRED, ENDED]);
    expect(await idsBy('--sort', 'asc')).toEqual([ENDED, LOST, ACTIVE, INFERRED]);
    expect(await idsBy('--sort', 'duration:desc', '--limit', '1')).toEqual([ACTIVE]);
  });

  test('that is limited has the first of it, which is said', async () => {
    const { stderr } = await runCli(['sessions', WEATHER, '--sort', 'calls', '--limit', '2']);
    expect(stderr).toBe('mcp-sessionscope: showing the first 2 of 4 sessions (--limit 2)\n');
  });

  test.each(['nothing', 'errors:up', 'errors:asc:desc', ''])('cannot be %p', async (sort) => {
    const { code, stderr } = await runCli(['sessions', WEATHER, '--sort', sort]);
    expect(code).toBe(2);
    expect(stderr).toContain('Give one of session, client, server, started,');
  });
});

describe('the folder', () => {
  test('may stand behind --dir, as with every command, but not twice', async () => {
    const { stdout } = await runCli(['sessions', '--dir', WEATHER]);
    expect(stdout).toBe((await runCli(['sessions', WEATHER])).stdout);
    const twice = await runCli(['sessions', WEATHER, '--dir', WEATHER]);
    expect(twice).toMatchObject({
      code: 2,
      stderr: 'mcp-sessionscope: give the folder once: with --dir, or without\n',
    });
  });
});

describe('counts', () => {
  const counts = ([row]: any[]) => ({ calls: row.calls, errors: row.errors, status: row.status });
  const of = (lines: string[]) =>
    withRecording({ 'a.traces.jsonl': lines }, async (dir) => counts(await listRows(dir)));
  const FAILED = { status: { code: 2 } };

  test('do not count the first request twice, whether the start counted it or not', async () => {
    for (const calls of [0, 1]) {
      const start = sessionSpan('start', 0, 0, { 'mcp.client.session.calls': calls });
      expect(await of([otlpLine([start, requestSpan(0), requestSpan(5)])])).toMatchObject({ calls: 2 });
    }
  });

  test('add what is newer than the newest update, and nothing to an end', async () => {
    const update = sessionSpan('update', 3, 60_000, {
      'mcp.client.session.calls': 10,
      'mcp.client.session.errors': 1,
    });
    // Received before the update, which counts it, but failed after, which it cannot know.
    const straddling = requestSpan(59_990, {}, { lasts: 20, ...FAILED });
    const lines = [
      otlpLine([requestSpan(10, {}, FAILED), straddling, requestSpan(60_001, {}, FAILED), update]),
    ];
    expect(await of(lines)).toEqual({ calls: 11, errors: 3, status: 'lost' });
    const end = sessionSpan('end', 4, 61_000, {
      'mcp.client.session.calls': 11,
      'mcp.client.session.errors': 3,
    });
    expect(await of([...lines, otlpLine([end])])).toEqual({ calls: 11, errors: 3, status: 'ended' });
  });

  test('are those of the requests while a session is open and nothing of it was rotated away', async () => {
    const start = sessionSpan('start', 0, 0, { 'mcp.client.session.calls': 1 });
    // The second request opened a new trace, whose first span counts it already.
    const update = sessionSpan('update', 1, 20, { 'mcp.client.session.calls': 2 });
    // Never answered: the session spans do not count it as an error.
    const dropped = requestSpan(40, { 'error.type': 'connection_closed' }, FAILED);
    const spans = [start, requestSpan(0), update, requestSpan(21), requestSpan(30, {}, FAILED), dropped];
    expect(await of([otlpLine(spans)])).toMatchObject({ calls: 4, errors: 2 });
  });

  test('come from the requests alone where the session spans were rotated away', async () => {
    const notification = requestSpan(30, { 'mcp.method.name': 'notifications/progress' });
    notification.attributes = notification.attributes.filter(({ key }) => key !== 'jsonrpc.request.id');
    const sent = requestSpan(40, {}, { kind: 3 });
    const refused = requestSpan(20, { 'rpc.response.status_code': '-32602' });
    const lines = [otlpLine([requestSpan(10), refused, notification, sent]), otlpLine([refused])];
    expect(await of(lines)).toEqual({ calls: 2, errors: 1, status: 'lost' });
  });

  test('follow a session that ended for idleness and went on', async () => {
    const end = sessionSpan('end', 1, 1_000, { 'mcp.client.session.calls': 2 });
    const resumed = sessionSpan('update', 2, NOW - T0, { 'mcp.client.session.calls': 3 });
    expect(await of([otlpLine([resumed]), otlpLine([end])])).toMatchObject({ calls: 3, status: 'active' });
  });

  test('sum the parts of a session that an application key spreads over processes and restarts', async () => {
    const part = (calls: number, startedAt: number) =>
      sessionSpan('end', 1, startedAt + 100, {
        'mcp.client.session.start_unix_ms': T0 + startedAt,
        'mcp.client.session.duration_ms': 100,
        'mcp.client.session.calls': calls,
      });
    const lines = [
      otlpLine([part(1, 0), part(2, 5_000)], 'process-1'),
      otlpLine([part(4, 200)], 'process-2'),
    ];
    const [row] = await withRecording({ 'a.traces.jsonl': lines }, (dir) => listRows(dir));
    expect(row).toMatchObject({
      calls: 7,
      startedAt: '2026-11-20T13:00:00.000Z',
      durationMs: 5_100,
      status: 'ended',
    });
  });

  test('are the same in whatever order the files hold the spans', async () => {
    const start = (startedAt: number) =>
      sessionSpan('start', 0, startedAt, { 'mcp.client.session.start_unix_ms': T0 + startedAt });
    const first = sessionSpan('end', 1, 500, { 'mcp.client.session.calls': 4 });
    const tool = (at: number, name: string) => requestSpan(at, { 'gen_ai.tool.name': name });
    const spans = [start(0), tool(100, 'b'), tool(300, 'a'), first, start(1_000), tool(1_100, 'c')];
    const rows = [];
    for (const ordered of [spans, [...spans].reverse()]) {
      rows.push(await withRecording({ 'a.traces.jsonl': ordered.map((span) => otlpLine([span])) }, listRows));
    }
    expect(rows[0]).toMatchObject([{ calls: 5, status: 'lost', tools: ['b', 'a', 'c'] }]);
    expect(rows[1]).toEqual(rows[0]);
  });

  test('take the tools from the joined names where the list is missing, and say when there are more', async () => {
    const span = sessionSpan('end', 1, 100, { 'mcp.client.session.tools': 'a, b, …' });
    await withRecording({ 'a.traces.jsonl': [otlpLine([span])] }, async (dir) => {
      expect((await listRows(dir))[0]).toMatchObject({ tools: ['a', 'b'], hasMoreTools: true });
      expect((await runCli(['sessions', dir])).stdout).toContain('a, b, …');
    });
  });
});
