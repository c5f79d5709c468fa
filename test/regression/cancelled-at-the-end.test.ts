import { afterEach, describe, expect, test } from '@jest/globals';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { RootsListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { SpanStatusCode } from '@opentelemetry/api';
import { closeRecordings, type Recording, record } from '../support/recording.ts';
import { gate, until } from '../support/until.ts';
import { type RawWire, wireV1 } from '../support/wire.ts';

afterEach(closeRecordings);

const CALL = 'tools/call wait';

/** A call that hangs, and one after it that its client has cancelled and that hangs too. */
async function openCalls(): Promise<Recording & { wire: RawWire }> {
  const recording = record();
  const server = new McpServer({ name: 'waiting', version: '1' });
  const signals: AbortSignal[] = [];
  server.registerTool('wait', {}, async ({ signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  recording.telemetry.instrument(server);
  const wire = await wireV1(server);
  for (const id of [1, 2]) wire.request(id, 'tools/call', { name: 'wait' });
  await until(() => signals.length === 2, 'two open calls');
  wire.notify('notifications/cancelled', { requestId: 2 });
  await until(() => signals[1]?.aborted, 'the signal');
  return { ...recording, wire };
}

/** By the id on the wire. */
function outcomes({ named }: Recording): object {
  return Object.fromEntries(
    named(CALL).map(({ attributes, status }) => [
      String(attributes['jsonrpc.request.id']),
      [attributes['error.type'], SpanStatusCode[status.code]],
    ]),
  );
}

const BOTH = { 1: ['connection_closed', 'ERROR'], 2: ['cancelled', 'UNSET'] };

// Three places decided how an open request ends, and two of them took a cancelled one for a broken connection.
describe('a cancelled call that is open', () => {
  test('when the process shuts down is cancelled', async () => {
    const open = await openCalls();
    await open.telemetry.shutdown();
    expect(outcomes(open)).toEqual(BOTH);
    expect(open.one('mcp.session end').attributes['mcp.client.session.errors']).toBe(0);
    await open.wire.close();
  });

  test('when the transport closes is cancelled', async () => {
    const open = await openCalls();
    await open.wire.close();
    expect(outcomes(open)).toEqual(BOTH);
  });

  test('when another request takes its id is cancelled', async () => {
    const open = await openCalls();
    for (const id of [1, 2]) open.wire.request(id, 'tools/call', { name: 'wait' });
    expect(outcomes(open)).toEqual(BOTH);
    await open.wire.close();
  });
});

test('a notification whose handler is at work is no failure when the process shuts down', async () => {
  const { telemetry, one } = record();
  const server = new McpServer({ name: 'waiting', version: '1' });
  const started = gate();
  server.server.setNotificationHandler(RootsListChangedNotificationSchema, () => {
    started.open();
    return new Promise(() => {});
  });
  telemetry.instrument(server);
  const wire = await wireV1(server);
  await wire.initialize();
  wire.notify('notifications/roots/list_changed');
  await started.opened;
  await telemetry.shutdown();
  const span = one('notifications/roots/list_changed');
  expect(span.status.code).toBe(SpanStatusCode.UNSET);
  expect(span.attributes).not.toHaveProperty(['error.type']);
  await wire.close();
});
