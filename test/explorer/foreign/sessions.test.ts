import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findTraceFiles } from '../../../src/explorer/recording/files.ts';
import { findDoubles } from '../../../src/explorer/recording/recording.ts';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { withStore } from '../store/support.ts';
import { otlpSpan, type SpanParts } from '../support.ts';

const MINUTE = 60_000;
const OWN = { 'mcp.client.session.id': 's', 'mcp.client.session.source': 'protocol' };

interface Process {
  scope?: string;
  service?: string;
  instance?: string;
}

/** A line of what a process recorded with an instrumentation. */
function line(spans: object[], { scope = 'theirs', service = 'shop', instance }: Process = {}): string {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  if (instance !== undefined)
    attributes.push({ key: 'service.instance.id', value: { stringValue: instance } });
  const scopeSpans = [{ scope: { name: scope }, spans }];
  return `${JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans }] })}\n`;
}

function request(at: number, attributes: SpanParts['attributes'] = {}, more: Partial<SpanParts> = {}) {
  const all = { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'buy', ...attributes };
  return otlpSpan({ name: 'tools/call buy', kind: 2, at, lasts: 10, attributes: all, ...more });
}

const rowsOf = (store: SessionStore) =>
  store
    .rows(store.list({ order: 'asc' }))
    .map(({ source, calls, service }) => `${service} ${source} ${calls}`);

test('requests of a process without ids are sessions between half hours of silence', async () => {
  const spans = [0, 20, 40, 71, 80].map((minutes) => request(minutes * MINUTE));
  await withStore({ 'a.jsonl': line(spans, { instance: 'p' }) }, async (store) => {
    expect(rowsOf(store)).toEqual(['shop process 3', 'shop process 2']);
  });
});

test('a process that reads stdin has one connection', async () => {
  const spans = [request(0, { 'network.transport': 'pipe' }), request(1)];
  await withStore({ 'a.jsonl': line(spans, { instance: 'p' }) }, async (store) => {
    expect(rowsOf(store)).toEqual(['shop connection 2']);
  });
});

test('an id that is new with every request is none, nor is a process of one request', async () => {
  const named = (i: number) => request(i, { 'mcp.session.id': `0123456789abcdef0123456789abcd${i}0` });
  const inOne = line([0, 1, 2, 3].map(named), { instance: 'p' });
  await withStore({ 'a.jsonl': inOne }, async (store) => expect(rowsOf(store)).toEqual(['shop process 4']));
  const inMany = [0, 1, 2, 3].map((i) => line([named(i)], { instance: `p${i}` })).join('');
  await withStore({ 'a.jsonl': inMany }, async (store) => expect(rowsOf(store)).toEqual(['shop process 4']));
});

test('an id becomes a session when it has come again and again', async () => {
  const named = (i: number, id: number) =>
    request(i, { 'mcp.session.id': `0123456789abcdef0123456789abcd${id}0` });
  const first = line([named(0, 1), named(1, 2), named(2, 3)], { instance: 'p' });
  await withStore({ 'a.jsonl': first }, async (store, folder) => {
    expect(rowsOf(store)).toEqual(['shop process 3']);
    const later = line([named(3, 1), named(4, 2), named(5, 3)], { instance: 'p' });
    writeFileSync(join(folder, 'b.jsonl'), later);
    await store.refresh();
    expect(rowsOf(store)).toEqual(Array(3).fill('shop protocol 2'));
  });
});

test('one id is two sessions in two services, and in two processes where others could have it too', async () => {
  const long = { 'mcp.session.id': '0123456789abcdef0123456789abcdef' };
  const short = { 'mcp.session.id': '1' };
  const services = ['shop', 'bank'].map((service) => line([request(0, long), request(1, long)], { service }));
  await withStore({ 'a.jsonl': services.join('') }, async (store) =>
    expect(rowsOf(store).sort()).toEqual(['bank protocol 2', 'shop protocol 2']),
  );
  const replicas = (id: SpanParts['attributes']) =>
    ['p', 'q'].map((instance) => line([request(0, id), request(1, id)], { instance })).join('');
  await withStore({ 'a.jsonl': replicas(short) }, async (store) =>
    expect(rowsOf(store)).toEqual(['shop protocol 2', 'shop protocol 2']),
  );
  await withStore({ 'a.jsonl': replicas(long) }, async (store) =>
    expect(rowsOf(store)).toEqual(['shop protocol 4']),
  );
});

test('a conversation is a session where the protocol has none', async () => {
  const of = (at: number, id: string) => request(at, { 'gen_ai.conversation.id': id });
  const spans = [of(0, 'one'), of(1, 'two'), of(2, 'one'), of(3, 'two')];
  await withStore({ 'a.jsonl': line(spans) }, async (store) =>
    expect(rowsOf(store)).toEqual(['shop conversation 2', 'shop conversation 2']),
  );
});

test('a request inside of a request is how that one was handled, whichever was written first', async () => {
  const outer = request(0, {}, { id: '00000000000000aa', lasts: 20 });
  const inner = request(1, { 'gen_ai.tool.name': 'pay' }, { parent: '00000000000000aa' });
  await withStore({ 'a.jsonl': line([inner]) }, async (store, folder) => {
    writeFileSync(join(folder, 'b.jsonl'), line([outer]));
    await store.refresh();
    expect(rowsOf(store)).toEqual(['shop process 1']);
    expect(store.tools({}).tools.map(({ name, calls }) => `${name} ${calls}`)).toEqual(['buy 1']);
  });
});

test('ids count where clients whose names differ have one each', async () => {
  const named = (key: string) => (i: number) =>
    request(i, { [key]: `0123456789abcdef0123456789abcd${i}0`, 'mcp.client.name': `client ${i}` });
  const one = (key: string) => line([0, 1, 2].map(named(key)), { instance: 'p' });
  await withStore({ 'a.jsonl': one('mcp.session.id') }, async (store) =>
    expect(rowsOf(store)).toEqual(Array(3).fill('shop protocol 1')),
  );
  await withStore({ 'a.jsonl': one('gen_ai.conversation.id') }, async (store) =>
    expect(rowsOf(store)).toEqual(Array(3).fill('shop conversation 1')),
  );
});

test('conversations are sessions of one request each, also without any name', async () => {
  const spans = ['one', 'two', 'three'].map((id, i) => request(i, { 'gen_ai.conversation.id': id }));
  await withStore({ 'a.jsonl': line(spans, { instance: 'p' }) }, async (store) =>
    expect(rowsOf(store)).toEqual(Array(3).fill('shop conversation 1')),
  );
});

test('ids that are new with every request of a client are none, whatever other clients have', async () => {
  const named = (i: number, name: string) =>
    request(i, { 'mcp.session.id': `0123456789abcdef0123456789abcd${i}0`, 'mcp.client.name': name });
  const spans = [named(0, 'a'), named(1, 'b'), named(2, 'a'), named(3, 'a')];
  await withStore({ 'a.jsonl': line(spans, { instance: 'p' }) }, async (store) =>
    expect(rowsOf(store).sort()).toEqual(['shop process 3', 'shop protocol 1']),
  );
});

test('what another process does meanwhile is not what this package recorded', async () => {
  const ours = line([request(0, OWN, { lasts: 1_500 })], { scope: 'mcp-sessionscope', instance: 'p' });
  const theirs = line(
    [100, 300, 600, 900, 5_000].map((at) => request(at)),
    { instance: 'q' },
  );
  await withStore({ 'a.jsonl': ours, 'b.jsonl': theirs }, async (store, folder) => {
    expect(rowsOf(store)).toEqual(['shop protocol 1', 'shop process 5']);
    expect([...store.doubles()]).toEqual([]);
    expect([...(await findDoubles(await findTraceFiles(folder)))]).toEqual([]);
  });
});

test.each([
  ['lies inside of this package’s', 'q', '00000000000000bb'],
  ['names its process in another way', 'host 12', undefined],
])('a span that %s is of the same process', async (_, instance, parent) => {
  const own = request(0, OWN, { id: '00000000000000bb', lasts: 20 });
  const ours = line([own], { scope: 'mcp-sessionscope', instance: 'p' });
  const theirs = line([request(1, {}, parent === undefined ? {} : { parent })], { instance });
  await withStore({ 'a.jsonl': ours, 'b.jsonl': theirs }, async (store, folder) => {
    expect(rowsOf(store)).toEqual(['shop protocol 1']);
    expect([...store.doubles()]).toEqual([['theirs', 1]]);
    expect([...(await findDoubles(await findTraceFiles(folder)))]).toEqual([['theirs', 1]]);
  });
});

test('a message of this package’s is one of each other sender, the one that fits most closely', async () => {
  const own = line(
    [0, 2, 4].map((at) => request(at, OWN, { lasts: 100 + at })),
    { scope: 'mcp-sessionscope' },
  );
  const all = [1, 3, 5].map((at) => request(at, {}, { lasts: 98 + at }));
  const others = all.map((span) => ({ ...span, spanId: `f${span.spanId.slice(1)}` }));
  const files = {
    'a.jsonl': own,
    // Twice in the recording, it is still one.
    'b.jsonl': own,
    'c.jsonl': line([...all, request(20, {}, { lasts: 5 })]),
    'd.jsonl': line(others, { scope: 'others' }),
  };
  await withStore(files, async (store, folder) => {
    expect(rowsOf(store)).toEqual(['shop protocol 3', 'shop process 1']);
    expect([...store.doubles()].sort()).toEqual([
      ['others', 3],
      ['theirs', 3],
    ]);
    expect(new Map(await findDoubles(await findTraceFiles(folder)))).toEqual(store.doubles());
  });
});

test('what this package recorded too is this package’s, once, and named', async () => {
  const ours = line([request(100, OWN, { lasts: 20 })], { scope: 'mcp-sessionscope' });
  const theirs = line([request(102), request(5_000)], { scope: 'theirs' });
  await withStore({ 'a.jsonl': theirs }, async (store, folder) => {
    expect(rowsOf(store)).toEqual(['shop process 2']);
    expect([...store.doubles()]).toEqual([]);
    writeFileSync(join(folder, 'b.jsonl'), ours);
    await store.refresh();
    expect(rowsOf(store)).toEqual(['shop protocol 1', 'shop process 1']);
    expect(store.overview({}).totals.calls).toBe(2);
    expect([...store.doubles()]).toEqual([['theirs', 1]]);
    expect([...(await findDoubles(await findTraceFiles(folder)))]).toEqual([['theirs', 1]]);
    rmSync(join(folder, 'b.jsonl'));
    await store.refresh();
    expect(rowsOf(store)).toEqual(['shop process 2']);
  });
});
