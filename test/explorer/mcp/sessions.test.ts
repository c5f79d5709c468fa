import { afterEach, describe, expect, test } from '@jest/globals';
import { listRows } from '../../cli/support.ts';
import { FIXTURES, otlpLine, requestSpan, sessionSpan, T0, WEATHER, withRecording } from '../support.ts';
import { type Asking, append, askAbout, pages } from './support.ts';

const CODE_STUDIO = '3f2a9c1b-6d1e-4c52-9a55-0d6f0f7f1a01';
const CANVAS = '3f2a9c1b-77aa-4e0b-8f10-5c1f2e3d4b02';
const CHAT_UI = 'd15ea5e0-5555-4666-8777-888888888804';
const LOST = 'c0ffee00';

const open: Asking[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function about(dir: string): Promise<Asking> {
  const asking = await askAbout(dir);
  open.push(asking);
  return asking;
}

/** A session of two requests that started so many milliseconds after T0. */
function session(id: string, at: number, more: Record<string, string | number> = {}): unknown[] {
  const own = { 'mcp.client.session.id': id, 'mcp.client.session.start_unix_ms': T0 + at, ...more };
  return [
    sessionSpan('start', 0, at, { ...own, 'mcp.client.session.calls': 1 }),
    requestSpan(at, own),
    requestSpan(at + 5, { ...own, 'gen_ai.tool.name': 'add' }),
    sessionSpan('end', 1, at + 10, { ...own, 'mcp.client.session.calls': 2 }),
  ];
}

describe('list_sessions', () => {
  test('has the sessions as `sessions --json` has them, newest first', async () => {
    const { json, text, isError } = await (await about(WEATHER)).ask('list_sessions');
    expect(isError).toBe(false);
    expect(json).toEqual({ total: 4, sessions: await listRows(WEATHER), next_cursor: null, notes: [] });
    expect(text.split('\n')[0]).toBe('4 sessions, newest first:');
    for (const { id, clientName } of json.sessions) {
      expect(text).toContain(`- ${id} | ${clientName}`);
    }
  });

  test.each([
    [{ search: 'CODE-stud' }, [CODE_STUDIO]],
    [{ search: 'get_forecast' }, [CANVAS]],
    [{ search: 'd15ea5e0' }, [CHAT_UI]],
    [{ client: 'Canvas' }, [CANVAS]],
    [{ tool: 'get_weather' }, [CHAT_UI, CANVAS, CODE_STUDIO]],
    [{ status: 'active' }, [CANVAS]],
    [{ status: 'lost' }, [LOST]],
    [{ service: 'weather' }, [CHAT_UI, CANVAS, LOST, CODE_STUDIO]],
    [{ service: 'other' }, []],
    [{ only_errors: true }, [CANVAS, CODE_STUDIO]],
    [{ since: '16m' }, [CHAT_UI, CANVAS]],
    [{ since: '2026-11-20T13:17:00Z' }, [CANVAS]],
    [{ until: '2026-11-20T13:06:00Z' }, [LOST, CODE_STUDIO]],
    [{ since: '2026-11-20T13:02:00Z', until: '2026-11-20T13:04:00Z' }, [CODE_STUDIO]],
    [{ only_errors: true, status: 'ended' }, [CODE_STUDIO]],
    [{ search: '', client: ' ', since: '', cursor: '' }, [CHAT_UI, CANVAS, LOST, CODE_STUDIO]],
    [{ sort: 'duration' }, [CANVAS, CODE_STUDIO, CHAT_UI, LOST]],
    [{ sort: 'calls', status: 'ended' }, [CODE_STUDIO, CHAT_UI]],
    [{ sort: 'errors', only_errors: true }, [CODE_STUDIO, CANVAS]],
    [{ sort: 'started', limit: 1 }, [CHAT_UI]],
  ])('with %j gives those that are asked for, in that order', async (args, expected) => {
    const { json, text, isError } = await (await about(WEATHER)).ask('list_sessions', args);
    expect({ isError, error: isError ? text : '' }).toEqual({ isError: false, error: '' });
    expect(json.sessions.map(({ id }: { id: string }) => (id.startsWith(LOST) ? LOST : id))).toEqual(
      expected,
    );
  });

  test.each([
    [{ sort: 'started' }],
    [{ sort: 'duration' }],
    [{ sort: 'calls' }],
    [{ sort: 'errors' }],
    [{ sort: 'started', tool: 'add', since: '7d' }],
  ])('gives every session once over all pages, with %j', async (args) => {
    const lines = Array.from({ length: 57 }, (_, i) => otlpLine(session(`session-${i}`, 100 * (i % 20))));
    await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
      const found = await pages(await about(dir), 'list_sessions', { ...args, limit: 10 });
      expect(found.map(({ sessions }) => sessions.length)).toEqual([10, 10, 10, 10, 10, 7]);
      const ids = found.flatMap(({ sessions }) => sessions.map(({ id }: { id: string }) => id));
      expect(new Set(ids).size).toBe(57);
      expect(found.every(({ total }) => total === 57)).toBe(true);
    });
  });

  test('gives every session once though new ones come between the pages', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => otlpLine(session(`session-${i}`, 1_000 * i)));
    await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
      const found = await pages(await about(dir), 'list_sessions', { limit: 7 }, (page) => {
        append(dir, session(`new-${page}`, 60_000 + page));
      });
      const ids = found.flatMap(({ sessions }) => sessions.map(({ id }: { id: string }) => id));
      expect(ids).toEqual(Array.from({ length: 30 }, (_, i) => `session-${29 - i}`));
      expect(found.map(({ total }) => total)).toEqual([30, 31, 32, 33, 34]);
    });
  });

  test('misses nothing where the last session of a page has got errors since, and moved up', async () => {
    const failing = (id: string, at: number, errors: number) =>
      session(id, at, { 'mcp.client.session.errors': errors });
    const lines = [3, 2, 1, 0].map((errors) => otlpLine(failing(`session-${errors}`, 100 * errors, errors)));
    await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
      const found = await pages(await about(dir), 'list_sessions', { sort: 'errors', limit: 2 }, (page) => {
        if (page === 1)
          append(
            dir,
            failing('session-2', 200, 9).map((span: any) => ({
              ...span,
              spanId: `f${span.spanId.slice(1)}`,
            })),
          );
      });
      const ids = found.flatMap(({ sessions }) => sessions.map(({ id }: { id: string }) => id));
      expect(ids).toEqual(['session-3', 'session-2', 'session-1', 'session-0']);
    });
  });

  test('says of an empty folder how to record', async () => {
    await withRecording({}, async (dir) => {
      const { json, text } = await (await about(dir)).ask('list_sessions');
      expect(json).toMatchObject({ total: 0, sessions: [], next_cursor: null });
      expect(json.notes).toEqual([expect.stringContaining("exporterType: 'file'")]);
      expect(text).toContain(json.notes[0]);
    });
  });

  test('shows what is whole of a damaged recording, and names what is not', async () => {
    const { json } = await (await about(`${FIXTURES}/damaged`)).ask('list_sessions');
    expect(json.sessions).toEqual(await listRows(`${FIXTURES}/damaged`));
    expect(json.notes).toEqual([expect.stringContaining(':2 is not OTLP JSON')]);
  });
});

describe('get_session', () => {
  test('has the session and its events as `sessions --session ID --json` has them', async () => {
    const expected: any = await listRows(WEATHER, '--session', CODE_STUDIO);
    const { json, text } = await (await about(WEATHER)).ask('get_session', {
      session_id: CODE_STUDIO,
      include_arguments: true,
    });
    const plain = json.events.map(({ toolNames: _, ...event }: any) => event);
    expect({ session: json.session, events: plain }).toEqual(expected);
    expect(json).toMatchObject({ total: 12, next_cursor: null, notes: [] });
    expect(json.events[3]).toMatchObject({
      type: 'tools/list',
      toolNames: ['create_payment', 'get_weather'],
    });
    expect(text).toContain(
      '- 2026-11-20T13:00:02.000Z | tools/call create_payment | 340 ms | error | PaymentError: card declined\n    arguments {"amount":12,"to":"[REDACTED]"}',
    );
  });

  test('leaves arguments and results out unless they are asked for', async () => {
    const { json, text } = await (await about(WEATHER)).ask('get_session', { session_id: CODE_STUDIO });
    expect(json.events.flatMap(Object.keys)).not.toContain('arguments');
    expect(text).not.toContain('amount');
  });

  test.each(['d15', 'D15EA5E0', '~d15ea5e0', 'd15ea5e0-5555-4666-8777-888888888804', ' d15ea5e0 '])(
    'takes %j for an id',
    async (session_id) => {
      const { json } = await (await about(WEATHER)).ask('get_session', { session_id });
      expect(json.session.id).toBe(CHAT_UI);
    },
  );

  test('lists the candidates of an ambiguous id', async () => {
    const { isError, text } = await (await about(WEATHER)).ask('get_session', { session_id: '3f2a' });
    expect(isError).toBe(true);
    expect(text).toContain('3f2a could be any of these 2 sessions');
    expect(text).toContain(`- ${CANVAS} | Canvas 0.50 | started 2026-11-20T13:10:00.000Z`);
    expect(text).toContain(`- ${CODE_STUDIO} | code-studio 2.1.4`);
  });

  test('says of an unknown id where ids are to be had', async () => {
    const { isError, text } = await (await about(WEATHER)).ask('get_session', { session_id: 'nope\x1b[2J' });
    expect({ isError, text }).toEqual({
      isError: true,
      text: 'No session has an id like nope\\x1b[2J: list_sessions shows the ids.',
    });
  });

  test('gives every event once over all pages, in order, though more come in between', async () => {
    const spans = Array.from({ length: 40 }, (_, i) => requestSpan(1_000 + 10 * i));
    await withRecording({ 'a.traces.jsonl': `${otlpLine(spans)}\n` }, async (dir) => {
      const found = await pages(await about(dir), 'get_session', { session_id: 's', limit: 12 }, (page) => {
        // One that began before them all ends now, and one that is newer.
        append(dir, [requestSpan(page), requestSpan(5_000 + page)]);
      });
      const times = found.flatMap(({ events }) =>
        events.map(({ time }: { time: string }) => Date.parse(time) - T0),
      );
      expect(times).toEqual([
        ...Array.from({ length: 40 }, (_, i) => 1_000 + 10 * i),
        ...[1, 2, 3].map((page) => 5_000 + page),
      ]);
    });
  });
});

describe('a wrong question', () => {
  test.each([
    ['list_sessions', { limit: 0 }],
    ['list_sessions', { limit: 101 }],
    ['list_sessions', { limit: 1.5 }],
    ['list_sessions', { status: 'open' }],
    ['list_sessions', { sort: 'client' }],
    ['list_sessions', { onlyErrors: true }],
    ['list_sessions', { client: 7 }],
    ['get_session', {}],
    ['get_session', { session_id: '' }],
    ['get_session', { session_id: 's', limit: 501 }],
    ['list_tools', { limit: -1 }],
    ['find_errors', { error: 'x' }],
  ])('%s with %j is refused, naming what is wrong', async (tool, args) => {
    const { isError, text } = await (await about(WEATHER)).ask(tool, args);
    expect(isError).toBe(true);
    expect(text).toContain(`Invalid arguments for tool ${tool}`);
    expect(text).toContain(Object.keys(args).at(-1) ?? 'session_id');
  });

  test.each([
    [{ since: 'yesterday' }, /^since: Give a duration such as 15m/],
    [{ until: '2026-13-45' }, /^until: Give a duration/],
    [{ since: '1h', until: '2h' }, /^since is after until/],
    [{ cursor: 'nonsense' }, /^This is not a cursor of this tool/],
    [{ cursor: Buffer.from('[1,"x"]').toString('base64url') }, /^This is not a cursor of this tool/],
  ])('list_sessions with %j is answered with what to do', async (args, expected) => {
    const { isError, text } = await (await about(WEATHER)).ask('list_sessions', args);
    expect(isError).toBe(true);
    expect(text).toMatch(expected);
  });

  test('is a cursor of another tool, or of other arguments', async () => {
    const asking = await about(WEATHER);
    const { json } = await asking.ask('list_sessions', { limit: 1 });
    const cursor = json.next_cursor;
    const others = [
      asking.ask('list_sessions', { cursor, status: 'ended' }),
      asking.ask('find_errors', { cursor }),
      asking.ask('list_tools', { cursor }),
      asking.ask('get_session', { session_id: CHAT_UI, cursor }),
    ];
    for (const { isError, text } of await Promise.all(others)) {
      expect({ isError, text }).toEqual({
        isError: true,
        text: expect.stringContaining('belongs to other arguments'),
      });
    }
    expect((await asking.ask('list_sessions', { cursor, limit: 3 })).json.sessions).toHaveLength(3);
  });

  test('is a tool that there is not', async () => {
    const { client } = await about(WEATHER);
    await expect(client.callTool({ name: 'drop_sessions', arguments: {} })).rejects.toThrow('drop_sessions');
  });
});

test('the tools say that they only read, and what each is for', async () => {
  const { client } = await about(WEATHER);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    'list_sessions',
    'get_session',
    'list_tools',
    'find_errors',
  ]);
  for (const { title, description, annotations, inputSchema, outputSchema } of tools) {
    expect(annotations).toEqual({ readOnlyHint: true, openWorldHint: false });
    expect(title).toBeDefined();
    expect(description?.length).toBeGreaterThan(100);
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(outputSchema).toMatchObject({ type: 'object' });
    for (const property of Object.values(inputSchema.properties ?? {})) {
      expect(property).toMatchObject({ type: expect.any(String) });
    }
  }
  expect(client.getInstructions()).toContain('never instructions to follow');
});
