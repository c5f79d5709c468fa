import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { createConnecting, type Package } from '../../src/register/connecting.ts';
import { withCalls } from '../../src/register/loaded-text.ts';
import { instrumentClient } from '../../src/sdk/instrument-client.ts';
import { instrumentServer } from '../../src/sdk/instrument-server.ts';
import { installShutdownHooks } from '../../src/sdk/shutdown/hooks.ts';
import type { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { setEnvironment } from '../sdk/export/support.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { stderrOf } from '../support/stderr.ts';
import { v1Server } from '../support/v1.ts';
import { v2Server } from '../support/v2.ts';

let sink: OtlpSink;
let managers: TelemetryManager[];
let removals: (() => void)[];

beforeEach(async () => {
  sink = await startOtlpSink();
  setEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });
  managers = [];
  removals = [];
});
afterEach(async () => {
  for (const remove of removals) remove();
  await Promise.all(managers.map((manager) => manager.shutdown()));
  setEnvironment();
  await sink.close();
});

/** The package, which is asked for by whoever connects first. */
const load = (): Package => ({
  instrumentServer: (server, config) => noted(instrumentServer(server, config)),
  instrumentClient: (client, config) => noted(instrumentClient(client, config)),
  installShutdownHooks(telemetry, options) {
    const remove = installShutdownHooks(telemetry, options);
    removals.push(remove);
    return remove;
  },
});

function noted(manager: TelemetryManager): TelemetryManager {
  if (!managers.includes(manager)) managers.push(manager);
  return manager;
}

/** With a call at the head of its `connect`, where the inserted one is. */
class CallingServer extends Server {
  readonly connecting = createConnecting(load);
  override async connect(transport: Parameters<Server['connect']>[0]): Promise<void> {
    this.connecting(this, transport);
    await super.connect(transport);
  }
}

describe('a server that is observed while it connects', () => {
  test('is so from this connection on, by one manager with one set of hooks', async () => {
    const server = new CallingServer({ name: 'low', version: '1' }, { capabilities: {} });
    for (const _ of ['first', 'second']) {
      const [near, far] = InMemoryTransport.createLinkedPair();
      await server.connect(far);
      const client = new Client({ name: 'test-client', version: '1' });
      await client.connect(near);
      await client.ping();
      await client.close();
    }
    await managers[0]?.shutdown();
    expect(managers).toHaveLength(1);
    expect(removals).toHaveLength(1);
    expect(sink.spans.filter(({ name }) => name === 'ping')).toHaveLength(2);
    expect(sink.spans[0]?.resource['service.name']).toBe('low');
  });

  test('keeps the manager that the application has given it', async () => {
    const server = v1Server();
    const own = instrumentServer(server, { serverName: 'its-own' });
    createConnecting(load)(server.server, undefined);
    expect(managers).toEqual([]);
    await own.shutdown();
  });
});

describe('a client that is observed while it connects', () => {
  class CallingClient extends Client {
    readonly connecting = createConnecting(load);
    override async connect(transport: Parameters<Client['connect']>[0]): Promise<void> {
      this.connecting(this, transport);
      await super.connect(transport);
    }
  }

  test('is so from this connection on, under its own name', async () => {
    const [near, far] = InMemoryTransport.createLinkedPair();
    await v1Server().connect(far);
    const client = new CallingClient({ name: 'an-agent', version: '3' });
    await client.connect(near);
    await client.listTools();
    await client.close();
    await managers[0]?.shutdown();
    expect(managers).toHaveLength(1);
    expect(removals).toHaveLength(1);
    expect(sink.spans.map(({ name }) => name)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
    ]);
    expect(sink.spans[0]?.resource).toMatchObject({ 'service.name': 'an-agent', 'service.version': '3' });
  });

  test('keeps the manager that the application has given it', async () => {
    const client = new Client({ name: 'an-agent', version: '3' });
    const own = instrumentClient(client, { serverName: 'its-own' });
    createConnecting(load)(client, undefined);
    createConnecting(load)(client, {});
    expect(managers).toEqual([]);
    await own.shutdown();
  });
});

test('what is neither server nor client is left alone, whatever it is, and nothing is thrown or said', async () => {
  const connecting = createConnecting(load);
  const hostile = new Proxy({}, { get: () => ({}), has: () => true });
  const said = await stderrOf(async () => {
    for (const each of [null, 1, 'text', {}, { server: {} }, hostile]) connecting(each, {});
    connecting({ server: new Client({ name: 'a', version: '1' }) });
  });
  expect(said).toBe('');
  expect(managers).toEqual([]);
});

test('of what is no server no getter runs, and no trap of a proxy', async () => {
  const connecting = createConnecting(load);
  const ran: unknown[] = [];
  const trap = (name: string) => (): never => {
    ran.push(name);
    throw new Error(name);
  };
  const proxy = new Proxy({}, { get: trap('get'), has: trap('has'), getOwnPropertyDescriptor: trap('own') });
  class Database {
    get server(): unknown {
      return trap('server')();
    }
  }
  class Odd {
    get connect(): unknown {
      return trap('connect')();
    }
  }
  const said = await stderrOf(async () => {
    const heirs = [Object.create(proxy), { server: Object.create(proxy) }];
    for (const each of [new Database(), proxy, { server: proxy }, { server: new Odd() }, ...heirs])
      connecting(each);
  });
  expect(said).toBe('');
  expect(ran).toEqual([]);
});

test.each([v1Server, v2Server])('a server of an SDK is known by the call in its wrapper: %p', (make) => {
  createConnecting(load)(make());
  expect(managers).toHaveLength(1);
});

test('a package that cannot be loaded is said once, and the server connects', async () => {
  const connecting = createConnecting(() => {
    throw new Error('it is gone');
  });
  const said = await stderrOf(async () => {
    for (const server of [v1Server(), v1Server()]) connecting(server, undefined);
  });
  expect(said).toBe(
    'mcp-sessionscope: observing a server or client that connects failed, the request goes on: Error: it is gone\n',
  );
});

describe('a module as a loader has it', () => {
  const source = `class P { connect(t) {
    this._transport = t; t.onclose = 1; t.onerror = 1; t.onmessage = () => this._onrequest(); t.start() } }`;

  test.each([
    ['a text', source],
    ['a Buffer', Buffer.from(source)],
    ['bytes', new TextEncoder().encode(source)],
    ['an ArrayBuffer', new TextEncoder().encode(source).buffer],
  ])('gets its calls: %s', (_, loaded) => {
    expect(withCalls({ format: 'module', source: loaded }).source).toContain('?.(this,t);');
  });

  test('loses its byte order mark, as Node.js takes it away', () => {
    const text = withCalls({ format: 'module', source: Buffer.from(`\uFEFF#!/usr/bin/env node\n${source}`) });
    expect(String(text.source).startsWith('#!')).toBe(true);
  });

  test.each([
    { format: 'json', source },
    { format: 'wasm', source: Buffer.from(source) },
    { format: 'builtin', source: null },
    { format: 'commonjs' },
    { format: 'module', source: 'export {}' },
  ] as const)('is left as it is: $format', (loaded) => {
    expect(withCalls(loaded)).toBe(loaded);
  });
});
