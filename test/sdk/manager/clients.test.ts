import { afterEach, describe, expect, test } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { instrumentClient } from '../../../src/sdk/instrument-client.ts';
import { instrumentServer } from '../../../src/sdk/instrument-server.ts';
import { newClient, newServer, observedClient } from '../../support/clients.ts';
import { closeRecordings } from '../../support/recording.ts';

afterEach(closeRecordings);

const QUIET = { exporterType: 'none' } as const;

describe('instrumentClient', () => {
  test('shares a manager among clients with an equal configuration and name', async () => {
    const first = instrumentClient(newClient('v1'), QUIET);
    expect(instrumentClient(newClient('v2'), QUIET)).toBe(first);
    expect(instrumentClient(newClient('v1'), { ...QUIET, serverName: 'other' })).not.toBe(first);
    const named = { ...QUIET, serverName: 'both' };
    const both = instrumentClient(newClient('v1'), named);
    expect(instrumentServer(newServer('v1'), named)).toBe(both);
    await Promise.all([first, both].map((manager) => manager.shutdown()));
  });

  test.each([
    ['a server', newServer('v1')],
    ['a server of v2', newServer('v2')],
    ['null', null],
    ['an empty object', {}],
  ])('refuses %s', (_, value) => {
    expect(() => instrumentClient(value as object, QUIET)).toThrow(/client must be a Client of/);
  });

  test('is what is for clients: instrumentServer refuses them', () => {
    expect(() => instrumentServer(newClient('v1'), QUIET)).toThrow(/server must be an McpServer or Server/);
    expect(() => instrumentServer(newClient('v2'), QUIET)).toThrow(TypeError);
  });
});

describe('a manager of clients', () => {
  test('ends what is open at its shutdown, and records no session of a server', async () => {
    const { telemetry, points } = await observedClient('v1');
    await telemetry.shutdown();
    const recorded = await points();
    const metrics = new Set(recorded.map(({ metric }) => metric));
    expect(metrics).toContain('mcp.client.session.duration');
    expect(metrics).not.toContain('mcp.server.session.duration');
    const [session] = recorded.filter(({ metric }) => metric === 'mcp.client.session.duration');
    expect(session?.attributes).toEqual({
      'mcp.session.id': telemetry.sessionId,
      'mcp.protocol.version': '2025-11-25',
    });
  });

  test.each(['v1', 'v2'] as const)('of %s does not say how a call ends that goes on', async (sdk) => {
    const { client, server, telemetry, one, points } = await observedClient(sdk);
    let answer = () => {};
    const called = new Promise<void>((resolve) => {
      server.registerTool('wait', {}, () => {
        resolve();
        return new Promise((settle) => {
          answer = () => settle({ content: [] });
        });
      });
    });
    const call = client.callTool({ name: 'wait' });
    await called;
    await telemetry.shutdown();
    answer();
    expect(await call).toMatchObject({ content: [] });
    const span = one('tools/call wait');
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).not.toHaveProperty('error.type');
    for (const { attributes } of await points('mcp.client.operation.duration'))
      expect(attributes).not.toHaveProperty('error.type');
  });

  test('that has a server too records that session', async () => {
    const { telemetry, points } = await observedClient('v2', {});
    telemetry.instrument(newServer('v2'));
    await telemetry.shutdown();
    expect(await points('mcp.server.session.duration')).toHaveLength(1);
  });

  test('records each connection once, whoever closes it', async () => {
    const { client, server, telemetry, points } = await observedClient('v1');
    await server.close();
    await client.close();
    await telemetry.shutdown();
    const [point, ...others] = await points('mcp.client.session.duration');
    expect(others).toEqual([]);
    expect(point?.value).toMatchObject({ count: 1 });
  });
});
