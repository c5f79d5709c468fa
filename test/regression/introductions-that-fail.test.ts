import { afterEach, describe, expect, test } from '@jest/globals';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { newClient } from '../support/clients.ts';
import { closeRecordings, type Recording, record } from '../support/recording.ts';

afterEach(closeRecordings);

type Message = { id?: number; method?: string };

/** Answers `initialize` as it is told to. */
function transportWith(answer: object, sendsInitialized = true) {
  return {
    onmessage: undefined as ((message: object) => void) | undefined,
    onclose: undefined as (() => void) | undefined,
    async start() {},
    async send({ id, method }: Message) {
      if (method === 'initialize') queueMicrotask(() => this.onmessage?.({ jsonrpc: '2.0', id, ...answer }));
      else if (!sendsInitialized) throw new TypeError('fetch failed');
    },
    async close() {
      this.onclose?.();
    },
  };
}

const WELL = { capabilities: {}, serverInfo: { name: 's', version: '1' } };

async function errorTypes({ points }: Recording): Promise<unknown[]> {
  return (await points('mcp.client.session.duration')).map(({ attributes }) => attributes['error.type']);
}

// The session of a client that could not connect looked as if all had been well.
describe.each(['v1', 'v2'] as const)('the session of a client of %s that does not come in', (sdk) => {
  test.each([
    [
      'whose version of the protocol it does not speak',
      { ...WELL, protocolVersion: '1999-01-01' },
      true,
      '_OTHER',
    ],
    ['whose answer it does not understand', { x: 1 }, true, '_OTHER'],
    ['that it cannot tell so', { ...WELL, protocolVersion: '2025-06-18' }, false, 'TypeError'],
  ])('ends with an error, at a server %s', async (_what, result, sendsInitialized, expected) => {
    const recording = record();
    const client = newClient(sdk, { versionNegotiation: { mode: 'legacy' } });
    recording.telemetry.instrumentClient(client);
    await expect(client.connect(transportWith({ result }, sendsInitialized) as never)).rejects.toThrow();
    await client.close();
    expect(await errorTypes(recording)).toEqual([expected]);
  });

  test('ends without one where it comes in', async () => {
    const recording = record();
    const client = newClient(sdk, { versionNegotiation: { mode: 'legacy' } });
    recording.telemetry.instrumentClient(client);
    await client.connect(transportWith({ result: { ...WELL, protocolVersion: '2025-06-18' } }) as never);
    await client.close();
    expect(await errorTypes(recording)).toEqual([undefined]);
  });
});

test('a client that pins the protocol and is refused has a session with the error of its probe', async () => {
  const recording = record();
  const client = new ClientV2(
    { name: 'c', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  recording.telemetry.instrumentClient(client);
  const transport = transportWith({});
  transport.send = async () => {
    throw new TypeError('fetch failed');
  };
  await expect(client.connect(transport as never)).rejects.toThrow();
  await client.close();
  expect(await errorTypes(recording)).toEqual(['TypeError']);
});
