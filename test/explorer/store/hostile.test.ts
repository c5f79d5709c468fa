import { describe, expect, test } from '@jest/globals';
import { Origins } from '../../../src/explorer/store/origins.ts';
import { NOW, otlpLine, otlpSpan, requestSpan, sessionSpan } from '../support.ts';
import { exported, withStore } from './support.ts';

const ALL = { offset: 0, limit: 1_000 };
const MEGABYTE = 'x'.repeat(1_000_000);

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '_OTHER',
  '',
  ' ',
  '\u0000\u001b[31m\u202e',
  '<script>alert(1)</script>',
  '\u2028\u2029',
  '"}]}],"spans":[{"traceId":"',
];

describe('names that others chose', () => {
  test('are names of tools like any others', async () => {
    const spans = NAMES.map((name, i) => requestSpan(i, { 'gen_ai.tool.name': name, 'error.type': name }));
    await withStore({ 'a.traces.jsonl': [otlpLine(spans)] }, async (store) => {
      expect(store.tools({}).tools.map(({ name, calls }) => ({ name, calls }))).toEqual(
        [...NAMES].sort().map((name) => ({ name, calls: 1 })),
      );
      // A text that stands for "others" tells of no tool.
      expect(store.row('s')?.tools).toEqual(NAMES.filter((name) => name !== '_OTHER'));
      const { events } = (await store.events('s', ALL))!;
      expect(events.map(({ target }) => target)).toEqual(NAMES);
    });
  });

  test('are names of resources and prompts like any others', async () => {
    const spans = NAMES.flatMap((name, i) => [
      requestSpan(2 * i, { 'mcp.method.name': 'resources/read', 'mcp.resource.uri': name }),
      requestSpan(2 * i + 1, { 'mcp.method.name': 'prompts/get', 'gen_ai.prompt.name': name }),
    ]);
    await withStore({ 'a.traces.jsonl': [otlpLine(spans)] }, async (store) => {
      for (const kind of ['resource', 'prompt'] as const) {
        expect(store.called(kind, {}).called.map(({ name, calls }) => ({ name, calls }))).toEqual(
          [...NAMES].sort().map((name) => ({ name, calls: 1 })),
        );
        for (const name of NAMES) expect(store.callers(kind, name, {}).callers).toMatchObject([{ calls: 1 }]);
      }
    });
  });

  test('are names of sessions, clients and servers like any others', async () => {
    const names = NAMES.filter((name) => name !== '');
    const spans = names.map((name, i) =>
      requestSpan(i, { 'mcp.client.session.id': name, 'mcp.client.name': name, 'mcp.tools.names': name }),
    );
    await withStore({ 'a.traces.jsonl': [otlpLine(spans)] }, async (store) => {
      for (const name of names) {
        expect(store.row(name)).toMatchObject({ id: name, clientName: name, calls: 1 });
        expect((await store.events(name, ALL))?.total).toBe(1);
        expect(store.list({ client: name })).toHaveLength(1);
        expect(store.resolveId(name)).toEqual([name]);
      }
      expect(store.state().clients).toEqual([...names].sort());
      expect(store.overview({}).clients).toHaveLength(names.length);
      expect(store.toolClients(['__proto__'], {})[0]?.seen).toMatchObject([{ name: '__proto__' }]);
    });
  });

  test('have no halves of surrogate pairs: no address could name them', async () => {
    const span = requestSpan(0, {
      'mcp.client.session.id': 'a\ud800',
      'mcp.client.name': '\udc00b',
      'gen_ai.tool.name': '😀\ud83d',
    });
    const line = otlpLine([span])
      .replace('service.instance.id', 'service.name')
      .replace('process-1', '\\udfff');
    await withStore({ 'a.traces.jsonl': [line] }, async (store) => {
      const query = { client: '\ufffdb', tool: '😀\ufffd', service: '\ufffd' };
      expect(store.rows(store.list(query))).toMatchObject([{ id: 'a\ufffd', tools: ['😀\ufffd'] }]);
      expect((await store.events('a\ufffd', ALL))?.events).toMatchObject([{ target: '😀\ufffd' }]);
      expect(JSON.stringify(await exported(store, 'a\ufffd'))).toContain('"a\\ud800"');
    });
  });

  test('may be of a megabyte: they are cut where they are kept, and whole in the event', async () => {
    const span = requestSpan(0, {
      'mcp.client.session.id': MEGABYTE,
      'mcp.client.name': MEGABYTE,
      'mcp.client.version': MEGABYTE,
      'mcp.method.name': MEGABYTE,
      'gen_ai.tool.name': MEGABYTE,
      'mcp.tools.names': MEGABYTE,
      'error.type': MEGABYTE,
    });
    const end = sessionSpan('end', 1, 10, {
      'mcp.client.session.id': `${MEGABYTE}y`,
      'mcp.client.session.tools': `${MEGABYTE}, ${'t, '.repeat(1_000)}`,
      'mcp.client.session.end_reason': MEGABYTE,
    });
    await withStore({ 'a.traces.jsonl': [otlpLine([span]), otlpLine([end])] }, async (store) => {
      const rows = store.rows(store.list({}));
      expect(rows).toHaveLength(2);
      for (const row of rows) {
        expect(row.id).toMatch(/^x{64}…[0-9a-f]{16}$/);
        expect(JSON.stringify(row).length).toBeLessThan(6_000);
        expect((await store.events(row.id, ALL))?.events).toHaveLength(1);
        expect(JSON.stringify(await exported(store, row.id))).toContain(MEGABYTE);
      }
      expect(JSON.stringify([store.state(), store.tools({}), store.overview({})]).length).toBeLessThan(
        20_000,
      );
      expect(store.tools({}).tools).toEqual([]);
    });
  });
});

test('names of origins are kept as they are shown, however long', () => {
  const origins = new Origins();
  const about = {
    service: undefined,
    source: undefined,
    protocolVersion: undefined,
    transport: undefined,
    sender: undefined,
    agentScope: undefined,
    seenByClient: undefined,
  };
  const numberOf = (clientName: string) =>
    origins.numberOf({ ...about, instance: undefined, clientName, clientVersion: undefined });
  const numbers = ['a', 'b', 'c'].map((end) => numberOf(MEGABYTE + end));
  expect(new Set(numbers).size).toBe(1);
  expect(origins.get(numbers[0]!).clientName).toHaveLength(256);
  expect(numberOf('a')).not.toBe(numberOf('b'));
});

test('origins take a bounded number of characters; those beyond are nobody', () => {
  const origins = new Origins();
  const name = (i: number) => `${i} `.padEnd(256, 'x');
  const numberOf = (i: number) =>
    origins.numberOf({
      instance: name(i),
      service: name(i),
      source: name(i),
      clientName: name(i),
      clientVersion: name(i),
      protocolVersion: name(i),
      transport: name(i),
      sender: name(i),
      agentScope: undefined,
      seenByClient: name(i),
    });
  const numbers = Array.from({ length: 40_000 }, (_, i) => numberOf(i));
  expect(numbers.at(-1)).toBe(0);
  expect(numbers.indexOf(0)).toBeGreaterThan(25_000);
  expect(numberOf(5)).toBe(numbers[5]);
});

describe('spans of any shape', () => {
  const odd: unknown[] = [
    null,
    7,
    'span',
    [],
    {},
    { startTimeUnixNano: 'soon' },
    { startTimeUnixNano: '1795179600000000000', attributes: 7 },
    { startTimeUnixNano: '1795179600000000000', attributes: [null, 7, { key: 7 }, { key: 'x' }] },
    { startTimeUnixNano: 1795179600000000000, endTimeUnixNano: '1', kind: 'SPAN_KIND_SERVER', status: 7 },
  ];

  test('do no harm to the others of their line', async () => {
    const line = otlpLine([...odd, requestSpan(1), ...odd, requestSpan(2)]);
    const lines = [line, '{"resourceSpans":7}', '{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}'];
    await withStore({ 'a.traces.jsonl': lines }, async (store) => {
      expect(store.row('s')).toMatchObject({ calls: 2 });
      expect((await store.events('s', ALL))?.events.map(({ timeMs }) => timeMs % 1_000)).toEqual([1, 2]);
      expect(store.state().problems.count).toBe(0);
    });
  });

  test('may have numbers as texts, names of kinds, and attributes twice, as other writers have them', async () => {
    const attributes = [
      { key: 'mcp.client.session.id', value: { stringValue: 'first' } },
      { key: 'mcp.client.session.id', value: { stringValue: 's' } },
      { key: 'mcp.method.name', value: { stringValue: 'tools/call' } },
      { key: 'jsonrpc.request.id', value: { intValue: '1' } },
      { key: 'rpc.response.status_code', value: { intValue: '-32603' } },
    ];
    const span = {
      ...requestSpan(5),
      kind: 'SPAN_KIND_SERVER',
      attributes,
      status: { code: 'STATUS_CODE_ERROR' },
    };
    await withStore({ 'a.traces.jsonl': [otlpLine([span])] }, async (store) => {
      expect(store.row('s')).toMatchObject({ calls: 1, errors: 1 });
      expect(store.row('first')).toBe(undefined);
      expect(store.failures({ limit: 10 }).types).toEqual([{ type: '-32603', count: 1 }]);
    });
  });

  test('of other programs, without a session, are counted and change nothing', async () => {
    const others = [otlpSpan({ at: 0, kind: 2 }), otlpSpan({ at: 9, attributes: { 'http.route': '/' } })];
    const sessionless = requestSpan(3, { 'mcp.client.session.id': '', 'gen_ai.tool.name': 'a' });
    await withStore({ 'a.traces.jsonl': [otlpLine([...others, sessionless])] }, async (store) => {
      expect(store.state()).toMatchObject({ sessions: 0, spans: 3 });
      expect(store.tools({}).tools).toMatchObject([{ name: 'a', calls: 1 }]);
      expect(store.overview({}).totals).toMatchObject({ sessions: 0, calls: 1 });
    });
  });
});

test('times of the first and the last day that there are do not stop the overview', async () => {
  const far = { ...requestSpan(0), startTimeUnixNano: '8640000000000000000000' };
  const near = { ...requestSpan(0), startTimeUnixNano: '1' };
  await withStore({ 'a.traces.jsonl': [otlpLine([far, near])] }, async (store) => {
    const { times, calls } = store.overview({});
    expect(times.length).toBeLessThanOrEqual(120);
    expect(calls.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(store.list({ from: NOW })).toHaveLength(1);
  });
});
