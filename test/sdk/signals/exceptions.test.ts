import { afterEach, describe, expect, test } from '@jest/globals';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SpanStatusCode } from '@opentelemetry/api';
import { closeRecordings, type Recording, record } from '../../support/recording.ts';
import { connectV1, v1Server } from '../../support/v1.ts';

const SIGNAL = 'OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN';

afterEach(closeRecordings);
afterEach(() => {
  delete process.env[SIGNAL];
});

/** A tool that throws, a resource that throws, and a span of the user's own in which something is thrown. */
async function failures(): Promise<Recording> {
  const recording = record();
  const server = v1Server();
  server.registerResource('gone', 'note://gone', {}, async () => {
    throw new RangeError('no such note');
  });
  recording.telemetry.instrument(server);
  const { client } = await connectV1(server);
  await client.callTool({ name: 'fail', arguments: {} });
  await client.readResource({ uri: 'note://gone' }).catch(() => {});
  const own = (): void => {
    throw new SyntaxError('own');
  };
  expect(() => recording.telemetry.startActiveSpan('own', {}, own)).toThrow('own');
  await client.close();
  return recording;
}

describe('what a handler threw', () => {
  test.each([undefined, 'logs/dup'])(
    'is an event of its span with the exception signal %j',
    async (signal) => {
      if (signal !== undefined) process.env[SIGNAL] = signal;
      const { one } = await failures();
      for (const [name, type] of [
        ['tools/call fail', 'PaymentError'],
        ['resources/read', 'RangeError'],
        ['own', 'SyntaxError'],
      ] as const) {
        expect(one(name).events).toMatchObject([
          {
            name: 'exception',
            attributes: { 'exception.type': type, 'exception.stacktrace': expect.any(String) },
          },
        ]);
      }
    },
  );

  test('is told by its class alone with the exception signal "logs"', async () => {
    process.env[SIGNAL] = 'logs';
    const { one, spans } = await failures();
    expect(spans().flatMap(({ events }) => events)).toEqual([]);
    expect(one('tools/call fail').attributes).toMatchObject({
      'error.type': 'tool_error',
      'exception.type': 'PaymentError',
    });
    expect(one('resources/read').attributes).toMatchObject({
      'error.type': '-32603',
      'exception.type': 'RangeError',
    });
    expect(one('own').attributes['error.type']).toBe('SyntaxError');
    for (const name of ['tools/call fail', 'resources/read', 'own']) {
      expect(one(name).status.code).toBe(SpanStatusCode.ERROR);
    }
  });

  test('is on the data point of a tool’s failure, and not on that of a JSON-RPC error', async () => {
    const { points } = await failures();
    const failed = (await points('mcp.server.operation.duration'))
      .map(({ attributes }) => attributes)
      .filter((attributes) => attributes['error.type'] !== undefined);
    expect(failed).toHaveLength(2);
    expect(failed).toContainEqual(
      expect.objectContaining({ 'error.type': 'tool_error', 'exception.type': 'PaymentError' }),
    );
    expect(failed.find((attributes) => attributes['error.type'] === '-32603')).not.toHaveProperty([
      'exception.type',
    ]);
  });

  test('is of a hundred classes on the data points of a process, and _OTHER beyond', async () => {
    const { telemetry, points, spans } = record();
    const server = new McpServer({ name: 's', version: '1' });
    let thrown = 0;
    server.registerTool('invent', {}, async () => {
      thrown += 1;
      throw Object.assign(new Error('no'), { name: `Invented${thrown}` });
    });
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    for (let call = 0; call < 120; call += 1) await client.callTool({ name: 'invent' });
    await client.close();
    const types = (await points('mcp.server.operation.duration'))
      .map(({ attributes }) => attributes['exception.type'])
      .filter((type) => type !== undefined);
    expect(types.length).toBeLessThanOrEqual(101);
    expect(types).toContain('_OTHER');
    expect(spans().at(-2)?.attributes['exception.type']).toBe('Invented120');
  });
});
