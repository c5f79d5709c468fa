import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import fc from 'fast-check';
import { id, json, listed, message, meta, params, RUNS, request, traceparent } from '../support/messages.ts';
import { closeRecordings, type Recording, record } from '../support/recording.ts';
import { settled } from '../support/until.ts';
import { v1Server } from '../support/v1.ts';
import { v2Server } from '../support/v2.ts';
import { wireV1, wireV2 } from '../support/wire.ts';

const versions = [
  ['v1', v1Server, wireV1],
  ['v2', v2Server, wireV2],
] as const;

const spans = { started: 0, ended: 0 };
let answers = 0;
let recording: Recording;
const complaints: string[] = [];
const write = process.stderr.write;

beforeAll(() => {
  const counter = {
    onStart: () => {
      spans.started += 1;
    },
    onEnd: () => {
      spans.ended += 1;
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  recording = record({
    tracerProvider: new NodeTracerProvider({ spanProcessors: [counter] }),
    enableArgumentCollection: true,
    enableResultCollection: true,
    sessionKey: ({ meta, params }) => {
      const key = meta['key'] ?? (params as { key?: unknown } | undefined)?.key;
      return key as string | undefined;
    },
  });
  process.stderr.write = ((line: string) => complaints.push(String(line)) > 0) as typeof write;
});

afterAll(async () => {
  process.stderr.write = write;
  await closeRecordings();
});

/** What a server says and reports when `messages` are pushed into its transport. */
async function reaction(version: (typeof versions)[number], messages: unknown[], instrumented: boolean) {
  const [, create, connect] = version;
  const server = create();
  if (instrumented) recording.telemetry.instrument(server);
  const reported: string[] = [];
  server.server.onerror = (error) => reported.push(`server: ${error.message}`);
  const wire = await connect(server);
  const { onerror } = wire.transport;
  wire.transport.onerror = (error: Error) => {
    reported.push(`transport: ${error.message}`);
    onerror?.(error);
  };
  for (const message of messages) {
    try {
      wire.transport.onmessage(structuredClone(message), {});
    } catch (error) {
      reported.push(`thrown: ${(error as Error).message}`);
    }
  }
  await settled();
  await wire.close();
  await settled();
  return { answers: wire.received, reported };
}

async function reactsTheSame(version: (typeof versions)[number], messages: unknown[]): Promise<void> {
  const bare = await reaction(version, messages, false);
  const observed = await reaction(version, messages, true);
  expect(observed).toEqual(bare);
  expect(spans.ended).toBe(spans.started);
  expect(complaints).toEqual([]);
  answers += observed.answers.length;
}

describe.each(versions)('an instrumented server (%s) answers as the bare one', (...version) => {
  const check = (property: fc.IAsyncProperty<any>): Promise<void> => fc.assert(property, RUNS);

  test('to any messages', () =>
    check(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 12 }), (messages) =>
        reactsTheSame(version, messages),
      ),
    ));

  test('to any `_meta`', () =>
    check(
      fc.asyncProperty(meta, (_meta) =>
        reactsTheSame(version, [
          request(1, 'tools/call', { name: 'echo', arguments: { text: 'hi' }, _meta }),
          {
            jsonrpc: '2.0',
            method: 'notifications/progress',
            params: { progressToken: 1, progress: 1, _meta },
          },
        ]),
      ),
    ));

  test('to any arguments', () =>
    check(
      fc.asyncProperty(
        fc.constantFrom('echo', 'fail', 'greet'),
        fc.oneof(json, fc.record({ text: json, name: json })),
        (name, args) =>
          reactsTheSame(version, [
            request(1, 'tools/call', { name, arguments: args }),
            request(2, 'prompts/get', { name, arguments: args }),
          ]),
      ),
    ));

  test('to any trace context', () =>
    check(
      fc.asyncProperty(traceparent, listed, listed, (parent, tracestate, baggage) =>
        reactsTheSame(version, [
          request(1, 'tools/call', {
            name: 'echo',
            arguments: { text: 'hi' },
            _meta: { traceparent: parent, tracestate, baggage },
          }),
          request(2, 'ping', { _meta: { baggage } }),
        ]),
      ),
    ));

  test('to any request ids, in flight at once and cancelled', () =>
    check(
      fc.asyncProperty(fc.array(id, { minLength: 1, maxLength: 8 }), fc.nat(7), (ids, cancelled) =>
        reactsTheSame(version, [
          ...ids.map((each) => request(each, 'tools/call', { name: 'fail' })),
          { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: ids[cancelled] } },
          ...ids.map((each) => request(each, 'ping')),
          ...ids.map((each) => ({ jsonrpc: '2.0', id: each, result: {} })),
        ]),
      ),
    ));

  test('to any client that introduces itself', () =>
    check(
      fc.asyncProperty(params, json, (some, clientInfo) =>
        reactsTheSame(version, [
          request(0, 'initialize', {
            protocolVersion: '2025-11-25',
            capabilities: {},
            clientInfo,
            ...(some as object),
          }),
          request(1, 'tools/list'),
        ]),
      ),
    ));
});

test('there were answers to compare, and spans', () => {
  expect(answers).toBeGreaterThan(500);
  expect(spans.started).toBeGreaterThan(1_000);
});
