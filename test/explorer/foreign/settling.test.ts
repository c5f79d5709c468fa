import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { ForeignSessions } from '../../../src/explorer/recording/foreign/sessions.ts';
import type { ForeignSpan } from '../../../src/explorer/recording/foreign/types.ts';
import { ProblemCount } from '../../../src/explorer/recording/problems.ts';
import { findDoubles, openRecording } from '../../../src/explorer/recording/recording.ts';
import { listSessions } from '../../../src/explorer/sessions/query.ts';
import type { SessionRow } from '../../../src/explorer/sessions/row.ts';
import type { NumberedRow } from '../../../src/explorer/store/answers.ts';
import type { SessionStore } from '../../../src/explorer/store/types.ts';
import { withStore } from '../store/support.ts';
import { NOW, otlpSpan } from '../support.ts';

const FILES = ['a.traces.jsonl', 'b.traces.jsonl'];
const MINUTE = 60_000;
const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const calls = (store: SessionStore) => store.rows(store.list({})).map((row) => row.calls);

afterEach(() => {
  jest.restoreAllMocks();
});

/** One message of few sessions, clients and processes, recorded by this package or by others. */
const anyMessage = fc.record({
  at: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 29 * MINUTE })),
  lasts: pick(0, 3, 30, 400),
  sender: pick('mcp-sessionscope', 'theirs', 'theirs', 'others'),
  tool: pick('buy', 'pay'),
  protocolId: pick(undefined, '1', '0123456789abcdef0123456789abcde0', '0123456789abcdef0123456789abcde1'),
  /** A protocol id that no other message has. */
  isNew: fc.boolean(),
  conversation: pick(undefined, undefined, 'c', 'd'),
  client: pick(undefined, 'studio', 'chat'),
  instance: pick(undefined, 'p', 'q', 'host 1'),
  transport: pick(undefined, 'pipe', 'tcp'),
  /** Which of the messages it lies inside of. */
  parent: pick(undefined, undefined, 0, 1, 2),
  file: fc.nat(1),
  isTwice: pick(false, false, true),
});
type AnyMessage = typeof anyMessage extends fc.Arbitrary<infer T> ? T : never;

test('the sessions of others are those of the sessions command, and of a fresh start, whenever what was written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyMessage, { minLength: 1, maxLength: 25 }),
      fc.uniqueArray(fc.nat(25), { maxLength: 3 }),
      fc.boolean(),
      async (messages, looks, isRemoved) => {
        await withStore({}, async (store, dir) => {
          for (const [i, message] of messages.entries()) {
            const line = lineOf(message, i);
            appendFileSync(join(dir, FILES[message.file]!), line);
            if (message.isTwice) appendFileSync(join(dir, FILES[1 - message.file]!), line);
            if (looks.includes(i)) await store.refresh();
          }
          await store.refresh();
          await expectAgreement(store, dir);
          if (!isRemoved || new Set(messages.map(({ file }) => file)).size < 2) return;
          rmSync(join(dir, FILES[0]!));
          await store.refresh();
          await expectAgreement(store, dir);
        });
      },
    ),
    { numRuns: 200 },
  );
});

test('very many messages are settled in short steps', () => {
  const sessions = new ForeignSessions();
  const messages = Array.from({ length: 20_000 }, (_, i) => messageAt(i));
  for (const { service } of messages) sessions.add(service);
  const steps = sessions.settle(
    () => messages,
    () => [],
  );
  let count = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) count += 1;
  expect(count).toBeGreaterThan(50);
  expect(step.value.get(messages[0]!)?.source).toBe('process');
});

test('what took long to settle is settled again after ten times as long, and complete then', async () => {
  let now = 1;
  let takesMs = 1_000;
  const { settle } = ForeignSessions.prototype;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  jest.spyOn(ForeignSessions.prototype, 'settle').mockImplementation(function* (
    this: ForeignSessions,
    ...given
  ) {
    now += takesMs;
    return yield* settle.apply(this, given);
  } as typeof settle);
  await withStore({ [FILES[0]!]: lineOf(ANY, 0) }, async (store, dir) => {
    const lookAgainAfter = async (ms: number) => {
      now += ms;
      await store.refresh();
      return calls(store);
    };
    expect(calls(store)).toEqual([1]);
    takesMs = 1;
    appendFileSync(join(dir, FILES[0]!), lineOf(ANY, 1));
    expect(await lookAgainAfter(8_900)).toEqual([1]);
    expect(await lookAgainAfter(100)).toEqual([2]);
    // That was quick, so there is nothing to wait for.
    appendFileSync(join(dir, FILES[0]!), lineOf(ANY, 2));
    expect(await lookAgainAfter(0)).toEqual([3]);
    await expectAgreement(store, dir);
  });
});

const ANY: AnyMessage = {
  at: 0,
  lasts: 3,
  sender: 'theirs',
  tool: 'buy',
  protocolId: undefined,
  isNew: false,
  conversation: undefined,
  client: undefined,
  instance: undefined,
  transport: undefined,
  parent: undefined,
  file: 0,
  isTwice: false,
};

async function expectAgreement(store: SessionStore, dir: string): Promise<void> {
  const rows = store.rows(store.list({})).map(comparable);
  const recording = await openRecording(dir);
  const times = { now: NOW, lostAfterMs: 600_000 };
  const listed = await listSessions(recording, times, new ProblemCount());
  expect(rows).toEqual(listed.map(comparable));
  expect(new Map(await findDoubles(recording.files))).toEqual(new Map(store.doubles()));
}

/** Without what only one of them has. */
function comparable(row: NumberedRow | SessionRow): object {
  const { n: _n, shortId: _shortId, ...same } = row as NumberedRow;
  return Object.fromEntries(Object.entries(same).filter(([, value]) => value !== undefined));
}

function messageAt(i: number): ForeignSpan {
  return {
    trace: 1,
    span: i,
    parent: 0,
    service: 'shop',
    process: 'p',
    sender: 'theirs',
    method: 'tools/call',
    tool: 'buy',
    isReceived: true,
    half: undefined,
    protocolId: undefined,
    conversationId: undefined,
    clientName: undefined,
    protocolVersion: undefined,
    transport: undefined,
    startMs: i,
    endMs: i + 1,
  };
}

function lineOf(message: AnyMessage, i: number): string {
  const { sender, instance, parent } = message;
  const resource = {
    'service.name': 'shop',
    ...(instance !== undefined && { 'service.instance.id': instance }),
  };
  const span = otlpSpan({
    id: idOf(i),
    ...(parent !== undefined && parent !== i && { parent: idOf(parent) }),
    name: 'tools/call',
    kind: 2,
    at: message.at,
    lasts: message.lasts,
    attributes: attributesOf(message, i),
  });
  const attributes = Object.entries(resource).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const scopeSpans = [{ scope: { name: sender }, spans: [span] }];
  return `${JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans }] })}\n`;
}

function attributesOf(message: AnyMessage, i: number): Record<string, string> {
  const { sender, tool, isNew, conversation, client, transport } = message;
  const protocolId = isNew ? `fedcba9876543210fedcba98765432${i + 10}` : message.protocolId;
  const common = {
    'mcp.method.name': 'tools/call',
    'jsonrpc.request.id': String(i),
    'gen_ai.tool.name': tool,
    ...(client !== undefined && { 'mcp.client.name': client }),
    ...(transport !== undefined && { 'network.transport': transport }),
  };
  if (sender === 'mcp-sessionscope')
    return { ...common, 'mcp.client.session.id': 's', 'mcp.client.session.source': 'inferred' };
  return {
    ...common,
    ...(protocolId !== undefined && { 'mcp.session.id': protocolId }),
    ...(conversation !== undefined && { 'gen_ai.conversation.id': conversation }),
  };
}

function idOf(i: number): string {
  return (i + 1).toString(16).padStart(16, '0');
}
