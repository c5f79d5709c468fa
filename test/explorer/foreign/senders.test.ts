import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ProblemCount } from '../../../src/explorer/recording/problems.ts';
import { openRecording } from '../../../src/explorer/recording/recording.ts';
import { listSessions } from '../../../src/explorer/sessions/query.ts';
import type { SessionRow } from '../../../src/explorer/sessions/row.ts';
import type { NumberedRow } from '../../../src/explorer/store/answers.ts';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { exported, withStore } from '../store/support.ts';
import { NOW } from '../support.ts';

const FIXTURES = join(__dirname, '../../fixtures/foreign');
const recorded = (name: string): string => readFileSync(join(FIXTURES, `${name}.jsonl`), 'utf8');
const rowsOf = (store: SessionStore): NumberedRow[] => store.rows(store.list({}));
const figuresOf = ({ source, calls, errors, tools }: NumberedRow | SessionRow) => [
  source,
  calls,
  errors,
  tools.join(' '),
];

/** What one client did, who called: initialize, tools/list, 4 tools, 2 resources, 2 prompts, ping. */
const SENDERS = [
  ['python-sdk', 'mcp-python-sdk', 'process', 11, 5, 'add boom nope'],
  // It does not record initialize and ping, and lists the tools itself before it refuses one.
  ['fastmcp-3-mounted', 'fastmcp', 'protocol', 10, 5, 'sub_add sub_boom nope'],
  // Only the first and the last message have no id.
  ['fastmcp-4', 'fastmcp', 'protocol', 11, 5, 'add boom nope'],
  // Unknown tools are not named.
  ['mcp-handler', 'mcp-handler', 'process', 11, 5, 'add boom'],
  ['mcp-opentelemetry', 'mcp-opentelemetry@0.2.0', 'process', 11, 5, 'add boom nope'],
  ['shinzo', 'demo@9.9.9', 'protocol', 2, 1, 'add boom'],
  // Its client called one more tool.
  ['sentry', '@sentry/node@10.78.0', 'protocol', 12, 5, 'add boom nope reg'],
  // It has only answers, which do not say what they answer.
  ['traceloop', 'opentelemetry.instrumentation.mcp.instrumentation@0.62.4', 'process', 11, 5, ''],
  [
    'traceloop-fastmcp-2',
    'opentelemetry.instrumentation.mcp.instrumentation@0.62.4',
    'process',
    11,
    5,
    'add boom',
  ],
  // It records no initialize, and answers with an error of the protocol like any other.
  ['logfire', 'logfire.mcp@5.4.0', 'process', 10, 3, 'add boom nope'],
  ['agentcat', 'agentcat@1.0.1', 'protocol', 7, 3, 'add boom nope reg'],
] as const;

describe.each(SENDERS)('what %s recorded', (name, sender, source, calls, errors, tools) => {
  test('is one session with what its client did, in every view', async () => {
    await withStore({ 'a.traces.jsonl': recorded(name) }, async (store, dir) => {
      const rows = rowsOf(store);
      expect(rows.map(figuresOf)).toEqual([[source, calls, errors, tools]]);
      const [row] = rows;
      expect(row).toMatchObject({ sender, status: 'lost', endReason: 'not_recorded' });
      const { totals } = store.overview({});
      expect([totals.sessions, totals.calls, totals.errors]).toEqual([1, calls, errors]);
      expect(store.failures({ limit: 100 }).total).toBe(errors);
      const listed = await listSessions(
        await openRecording(dir),
        { now: NOW, lostAfterMs: 600_000 },
        new ProblemCount(),
      );
      expect(listed.map(figuresOf)).toEqual(rows.map(figuresOf));
      expect(listed.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
      const page = await store.events(row!.id, { offset: 0, limit: 100 });
      const requests = page!.events.filter(({ kind }) => kind === 'request');
      expect(requests).toHaveLength(calls);
      expect(requests.filter(({ status }) => status === 'error')).toHaveLength(errors);
      const { resourceSpans } = (await exported(store, row!.id)) as { resourceSpans: any[] };
      const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }: any) => spans));
      expect(spans).toHaveLength(page!.total);
    });
  });
});

describe('what a sender tells besides', () => {
  test('is the client, its protocol and its transport, of Sentry', async () => {
    await withStore({ 'a.traces.jsonl': recorded('sentry') }, async (store) => {
      expect(rowsOf(store)[0]).toMatchObject({
        clientName: 'demo-client',
        clientVersion: '3.2.1',
        protocolVersion: '2025-11-25',
        transport: 'tcp',
      });
    });
  });

  test.each([
    ['sentry', '{"a":1,"b":2}'],
    ['shinzo', '{"a":1,"b":2}'],
    ['mcp-opentelemetry', '{"a":1,"b":2}'],
    ['logfire', '{"a":1,"b":2}'],
    ['traceloop-fastmcp-2', '{"a":1,"b":2}'],
  ])('are the arguments of a call, of %s', async (name, expected) => {
    await withStore({ 'a.traces.jsonl': recorded(name) }, async (store) => {
      const { events } = (await store.events(rowsOf(store)[0]!.id, { offset: 0, limit: 100 }))!;
      expect(events.find(({ target }) => target === 'add')?.arguments).toBe(expected);
    });
  });

  test('are the tools that a client was shown, of Traceloop and Logfire', async () => {
    for (const name of ['traceloop', 'logfire'])
      await withStore({ 'a.traces.jsonl': recorded(name) }, async (store) => {
        const seen = store.tools({}).tools.filter(({ seenBy }) => seenBy > 0);
        expect(seen.map((tool) => tool.name)).toEqual(['add', 'boom']);
      });
  });

  test('is what a server asks its client, which is no call', async () => {
    await withStore({ 'a.traces.jsonl': recorded('asks-its-client') }, async (store) => {
      const { events, row } = (await store.events(rowsOf(store)[0]!.id, { offset: 0, limit: 100 }))!;
      expect(row.calls).toBe(3);
      expect(events.filter(({ kind }) => kind === 'sent').map(({ type }) => type)).toEqual([
        '→ elicitation/create',
      ]);
    });
  });
});

describe('sessions of others', () => {
  test('are two where two clients have ids', async () => {
    await withStore({ 'a.traces.jsonl': recorded('fastmcp-3-two-clients') }, async (store) => {
      expect(rowsOf(store).map(figuresOf)).toEqual(Array(2).fill(['protocol', 10, 5, 'add boom nope']));
    });
  });

  test('are not as many as requests where every request has an id of its own', async () => {
    await withStore({ 'a.traces.jsonl': recorded('fastmcp-4-id-a-request') }, async (store) => {
      expect(rowsOf(store).map(figuresOf)).toEqual([['process', 22, 12, 'add boom nope']]);
    });
  });

  test('are none where only a client is traced', async () => {
    await withStore({ 'a.traces.jsonl': recorded('traceloop-node') }, async (store) => {
      expect(rowsOf(store)).toEqual([]);
      expect(store.overview({}).totals.calls).toBe(0);
    });
  });
});
