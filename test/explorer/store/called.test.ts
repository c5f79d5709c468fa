import { describe, expect, test } from '@jest/globals';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { otlpLine, requestSpan, sessionSpan, T0 } from '../support.ts';
import { withStore } from './support.ts';

interface Asked {
  session?: string;
  client?: string;
  version?: string;
  lasts?: number;
  fails?: boolean;
  response?: number;
}

const span = (at: number, about: Record<string, string>, { session = 's', ...asked }: Asked = {}) =>
  requestSpan(
    at,
    {
      'mcp.client.session.id': session,
      ...about,
      ...(asked.client !== undefined && { 'mcp.client.name': asked.client }),
      ...(asked.version !== undefined && { 'mcp.client.version': asked.version }),
      ...(asked.response !== undefined && { 'mcp.response.size': asked.response }),
      ...(asked.fails === true && { 'error.type': 'Gone' }),
    },
    { lasts: asked.lasts ?? 10, ...(asked.fails === true && { status: { code: 2 } }) },
  );
const read = (at: number, uri: string, asked?: Asked) =>
  span(at, { 'mcp.method.name': 'resources/read', 'mcp.resource.uri': uri }, asked);
const prompt = (at: number, name: string, asked?: Asked) =>
  span(at, { 'mcp.method.name': 'prompts/get', 'gen_ai.prompt.name': name }, asked);
const call = (at: number, tool: string, asked?: Asked) => span(at, { 'gen_ai.tool.name': tool }, asked);

const OLD = { session: 's1', client: 'alpha', version: '1' };
const NEW = { session: 's2', client: 'alpha', version: '2' };
const OTHER = { session: 's3', client: 'beta' };

const FILES = {
  'a.traces.jsonl': [
    otlpLine(
      [
        read(0, 'docs://a', { ...OLD, lasts: 10, response: 100 }),
        read(10, 'docs://a', { ...NEW, lasts: 30, response: 300 }),
        read(20, 'docs://a', { ...OTHER, lasts: 20, fails: true }),
        prompt(30, 'greet', NEW),
        call(40, 'pay', { ...OLD, lasts: 5 }),
        call(50, 'pay', { ...NEW, lasts: 50, fails: true }),
        call(60, 'pay', { ...NEW, lasts: 70 }),
        // Another method with the same attribute is no reading of it.
        span(70, { 'mcp.method.name': 'resources/subscribe', 'mcp.resource.uri': 'docs://b' }),
      ],
      'process-1',
      'library',
    ),
    otlpLine([read(80, 'docs://c')], 'process-2', 'attic'),
  ],
};

const names = (store: SessionStore, kind: 'resource' | 'prompt', range = {}) =>
  store.called(kind, range).called.map(({ name }) => name);

describe('resources and prompts', () => {
  test('have the figures of the requests for them', async () => {
    await withStore(FILES, async (store) => {
      expect(names(store, 'resource')).toEqual(['docs://a', 'docs://c']);
      expect(store.called('resource', {}).called[0]).toEqual({
        name: 'docs://a',
        services: ['library'],
        clients: 2,
        calls: 3,
        errors: 1,
        p50Ms: 20,
        p95Ms: 30,
        p99Ms: 30,
        p50Size: 100,
        p95Size: 300,
        responseSize: 400,
        lastCallMs: T0 + 20,
        errorTypes: [{ type: 'Gone', count: 1 }],
      });
      expect(store.called('prompt', {}).called).toMatchObject([{ name: 'greet', calls: 1, clients: 1 }]);
    });
  });

  test('are those of the time and the server that are asked for', async () => {
    await withStore(FILES, async (store) => {
      expect(names(store, 'resource', { service: 'attic' })).toEqual(['docs://c']);
      expect(names(store, 'resource', { to: T0 + 50 })).toEqual(['docs://a']);
      expect(names(store, 'prompt', { from: T0 + 31 })).toEqual([]);
    });
  });

  test('are none where nothing is recorded', async () => {
    await withStore({}, async (store) => {
      expect(store.called('resource', {}).called).toEqual([]);
      expect(store.callers('prompt', 'greet', {})).toEqual({ name: 'greet', total: 0, callers: [] });
    });
  });
});

describe('callers', () => {
  test('are told apart by their versions', async () => {
    await withStore(FILES, async (store) => {
      const { callers, total } = store.callers('tool', 'pay', {});
      expect(total).toBe(2);
      expect(callers).toMatchObject([
        { client: 'alpha', version: '2', calls: 2, errors: 1, p50Ms: 50, p95Ms: 70, lastCallMs: T0 + 60 },
        { client: 'alpha', version: '1', calls: 1, errors: 0, p50Ms: 5 },
      ]);
      const readers = store.callers('resource', 'docs://a', {}).callers;
      expect(readers.map(({ client, version, responseSize }) => [client, version, responseSize])).toEqual([
        ['beta', undefined, undefined],
        ['alpha', '2', 300],
        ['alpha', '1', 100],
      ]);
      expect(store.callers('prompt', 'greet', {}).callers).toMatchObject([{ client: 'alpha', version: '2' }]);
    });
  });

  test('are those of the time, and none of what nobody asked for', async () => {
    await withStore(FILES, async (store) => {
      expect(store.callers('tool', 'pay', { to: T0 + 45 }).callers).toMatchObject([{ version: '1' }]);
      for (const kind of ['tool', 'resource', 'prompt'] as const)
        expect(store.callers(kind, 'nothing', {}).total).toBe(0);
    });
  });

  test('have the name that their session has, where the requests tell none', async () => {
    const spans = [sessionSpan('start', 1, 0, { 'mcp.client.name': 'gamma', 'mcp.client.version': '9' })];
    const files = { 'a.traces.jsonl': [otlpLine([...spans, read(10, 'docs://a')])] };
    await withStore(files, async (store) => {
      const { callers } = store.callers('resource', 'docs://a', {});
      expect(callers).toMatchObject([{ client: 'gamma', version: '9', calls: 1 }]);
    });
  });
});

describe('very many resources', () => {
  const filesOf = (uris: readonly string[]) => ({
    'a.traces.jsonl': [
      otlpLine(uris.map((uri, i) => read(i, uri, { session: `s${i % 3}`, client: `c${i % 3}` }))),
    ],
  });
  const uris = (count: number, uriOf: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => uriOf(i));

  test('of one server are one, and what stands alone keeps its name', async () => {
    const many = [...uris(600, (i) => `https://shop.example/items/${i}`), 'docs://readme/first'];
    await withStore(filesOf(many), async (store) => {
      const { called } = store.called('resource', {});
      expect(called.map(({ name, calls, members, clients }) => [name, calls, members, clients])).toEqual([
        ['docs://readme/first', 1, undefined, 1],
        ['https://shop.example/…', 600, 600, 3],
      ]);
      expect(store.callers('resource', 'https://shop.example/…', {}).callers).toMatchObject([
        { calls: 200 },
        { calls: 200 },
        { calls: 200 },
      ]);
    });
  });

  test('of as many servers are one by their scheme', async () => {
    const many = [...uris(600, (i) => `note://n${i}`), ...uris(3, (i) => `urn:x:${i}`), 'no scheme'];
    await withStore(filesOf(many), async (store) => {
      const { called } = store.called('resource', {});
      expect(called.map(({ name, members }) => [name, members])).toEqual([
        ['no scheme', undefined],
        ['note:…', 600],
        ['urn:…', 3],
      ]);
    });
  });

  test('beyond what memory keeps are counted with their server, and so are long ones', async () => {
    const many = uris(20_500, (i) => `https://shop.example/${i}`);
    const long = `https://far.example/${'x'.repeat(1_000)}`;
    await withStore(filesOf([...many, long]), async (store) => {
      const { called } = store.called('resource', {});
      expect(called.map(({ name, calls }) => [name, calls])).toEqual([
        ['https://far.example/…', 1],
        ['https://shop.example/…', 20_500],
      ]);
    });
  });
});
