import { describe, expect, test } from '@jest/globals';
import { openStore } from '../../../src/explorer/store/open-store.ts';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { listRows } from '../../cli/support.ts';
import { NOW, otlpLine, requestSpan, sessionSpan, withRecording } from '../support.ts';
import { withStore } from './support.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
/** Begins as the other does, as ids that begin with a time do. */
const LATER_TRACE = '4bf92f3500000000000000000000beef';
const REQUEST = '7b0c6d52-6d1e-4c52-9a55-0d6f0f7f1a01';

const failing = (message: string, type = 'PaymentError') => ({ type, status: { code: 2, message } });

function call(
  session: string,
  at: number,
  {
    method = 'tools/call',
    tool,
    trace = session.repeat(32).slice(0, 32),
    request,
    failed,
  }: {
    method?: string;
    tool?: string;
    trace?: string;
    request?: string;
    failed?: ReturnType<typeof failing>;
  },
) {
  const attributes = {
    'mcp.method.name': method,
    'mcp.client.session.id': `session-${session}`,
    'mcp.client.name': session === 'a' ? 'Payment-Agent' : 'Canvas',
    ...(tool !== undefined && { 'gen_ai.tool.name': tool }),
    ...(request !== undefined && { 'mcp.request.id': request }),
    ...(failed !== undefined && { 'error.type': failed.type }),
  };
  const span = requestSpan(at, attributes, failed && { status: failed.status });
  return { ...span, traceId: trace };
}

const SHOP = [
  call('a', 1, { tool: 'create_payment', failed: failing('Card declined for order 17') }),
  call('a', 2, { tool: 'create_payment', trace: TRACE, request: REQUEST }),
  call('b', 3, { method: 'resources/read', trace: LATER_TRACE }),
  call('b', 4, { tool: 'get_weather', failed: failing('upstream timed out', 'timeout') }),
];
const BANK = [
  call('c', 5, { method: 'prompts/get', request: 'request-1', failed: failing('no such prompt', '-32602') }),
  call('c', 6, { request: 'request-2' }),
  { ...call('d', 7, { tool: 'refund' }), events: [], status: { code: 0 } },
];
const FILES = {
  'a.traces.jsonl': [otlpLine(SHOP, 'p1', 'shop')],
  'b.traces.jsonl': [
    otlpLine(BANK, 'p2', 'Bank of Others'),
    otlpLine(
      [sessionSpan('end', 1, 60_000, { 'mcp.client.session.id': 'session-d' })],
      'p2',
      'Bank of Others',
    ),
  ],
};

const SEARCHES: [search: string, sessions: string][] = [
  ['', 'abcd'],
  ['declined', 'a'],
  ['CARD Declined', 'a'],
  ['declined card', 'a'],
  ['"card declined"', 'a'],
  ['"declined card"', ''],
  ['PaymentError: card declined', 'a'],
  ['order 17', 'a'],
  ['order 18', ''],
  ['timeout', 'b'],
  ['type:timeout', 'b'],
  ['type:timed', ''],
  ['error:timed', 'b'],
  ['error:timeout', 'b'],
  ['type:-32602', 'c'],
  ['client:payment', 'a'],
  ['payment', 'a'],
  ['tool:payment', 'a'],
  ['tool:payment declined client:agent', 'a'],
  ['tool:payment timeout', ''],
  ['method:payment', ''],
  ['method:resources/', 'b'],
  ['prompts/get', 'c'],
  ['server:shop', 'ab'],
  ['"bank of"', 'cd'],
  ['server:"of others" refund', 'd'],
  ['session:session-b', 'b'],
  ['session:canvas', ''],
  ['status:ended', 'd'],
  ['ended', ''],
  [`${TRACE}`, 'a'],
  [TRACE.toUpperCase(), 'a'],
  ['4bf92f35', 'ab'],
  ['4bf92f3577', 'a'],
  ['4bf92f3', ''],
  ['trace:4bf92f3500', 'b'],
  ['request:4bf92f35', ''],
  [REQUEST, 'a'],
  ['7b0c6d52-6d1e', 'a'],
  ['7b0c6d52-0000', ''],
  ['7b0c6d52 4bf92f35', 'a'],
  ['request:request-1', 'c'],
  ['request:request-3', ''],
  ['request-', ''],
  ['request:request-', 'c'],
  ['tool:', ''],
  ['colour:red', ''],
];

const found = async (store: SessionStore, q: string) =>
  store
    .rows(await store.find({ q }))
    .map(({ id }) => id.slice(-1))
    .sort()
    .join('');

describe('a search', () => {
  test.each(SEARCHES)('for %j finds the sessions %j, in the store as in the command', async (q, expected) => {
    await withRecording(FILES, async (dir) => {
      const store = openStore({ dir, now: () => NOW, pollMs: 1e9 });
      try {
        await store.ready;
        expect(await found(store, q)).toBe(expected);
      } finally {
        await store.close();
      }
      if (q === '') return;
      const rows = await listRows(dir, '--search', q);
      expect(
        rows
          .map(({ id }) => id.slice(-1))
          .sort()
          .join(''),
      ).toBe(expected);
    });
  });

  test('finds what the text of an exception or of a JSON-RPC error says, where the status has none', async () => {
    const exception = {
      name: 'exception',
      attributes: [{ key: 'exception.message', value: { stringValue: 'the Disk is full' } }],
    };
    const spans = [
      {
        ...call('a', 1, { failed: { type: 'Error', status: { code: 2, message: '' } } }),
        events: [exception],
      },
      requestSpan(2, {
        'mcp.client.session.id': 'session-b',
        'rpc.response.status_code': '-32602',
        'mcp.error.message': 'unknown City',
      }),
      requestSpan(3, { 'mcp.client.session.id': 'session-c', 'rpc.response.status_code': '-32601' }),
    ];
    await withStore({ 'a.traces.jsonl': [otlpLine(spans)] }, async (store) => {
      expect(await found(store, 'disk full')).toBe('a');
      expect(await found(store, 'error:"unknown city"')).toBe('b');
      expect(await found(store, 'method not found')).toBe('c');
    });
  });

  test('finds texts that vary without end by what they have in common, and the first of them by all', async () => {
    const lines = Array.from({ length: 45 }, (_, line) =>
      otlpLine(
        Array.from({ length: 500 }, (_, i) => {
          const number = line * 500 + i;
          return call(number < 22_400 ? 'a' : 'b', number, { failed: failing(`order ${number} has gone`) });
        }),
      ),
    );
    await withStore({ 'a.traces.jsonl': lines }, async (store) => {
      expect(await found(store, '"has gone"')).toBe('ab');
      expect(await found(store, '"order 17 has"')).toBe('a');
      expect(await found(store, '"order 22450 has"')).toBe('');
      expect(await found(store, '"order … has"')).toBe('ab');
    });
  });

  test('keeps two types apart that differ in case only', async () => {
    const spans = [
      call('a', 1, { failed: failing('gone', 'Gone') }),
      call('b', 2, { failed: failing('gone', 'gone') }),
    ];
    await withStore({ 'a.traces.jsonl': [otlpLine(spans)] }, async (store) => {
      expect(store.failures({ limit: 10 }).types).toEqual([
        { type: 'Gone', count: 1 },
        { type: 'gone', count: 1 },
      ]);
    });
  });
});
