import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { InMemoryTransport as InMemoryTransportV2 } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { closeRecordings, type Recording, record } from '../support/recording.ts';
import { SettersOnly } from '../support/setters-only.ts';
import { stderrOf } from '../support/stderr.ts';
import { gate, settled, until } from '../support/until.ts';
import { v1Server } from '../support/v1.ts';
import { v2Server } from '../support/v2.ts';

beforeEach(() => (Reflect.get(globalThis, Symbol.for('mcp-sessionscope.said')) as Set<string>)?.clear());
afterEach(closeRecordings);

class Accessors extends SettersOnly {
  override get onmessage(): unknown {
    return this.end.onmessage;
  }
  override set onmessage(value: unknown) {
    super.onmessage = value;
  }
  override get onclose(): unknown {
    return this.end.onclose;
  }
  override set onclose(value: unknown) {
    super.onclose = value;
  }
}

/** What it gives is not what was set. */
class Counting extends SettersOnly {
  messages = 0;
  #onmessage: unknown;
  override get onmessage(): unknown {
    return this.#onmessage;
  }
  override set onmessage(value: any) {
    this.#onmessage = (message: unknown, extra: unknown): void => {
      this.messages += 1;
      value(message, extra);
    };
    this.end.onmessage = this.#onmessage;
  }
}

class GettersOnly {
  get onmessage(): undefined {
    return undefined;
  }
  get onclose(): undefined {
    return undefined;
  }
  async start(): Promise<void> {}
  async send(): Promise<void> {}
  async close(): Promise<void> {}
}

const bind = (target: object, key: PropertyKey): unknown => {
  const value = Reflect.get(target, key);
  return typeof value === 'function' && typeof key === 'string' && !key.startsWith('on')
    ? value.bind(target)
    : value;
};

/** Its methods are its own; they pass on to those of the inner one, whatever is put there. */
const answering = (end: any): unknown => {
  const own: Record<PropertyKey, unknown> = {
    start: () => end.start(),
    send: (message: unknown, options: unknown) => end.send(message, options),
    close: () => end.close(),
  };
  return new Proxy(end, { get: (target, key) => own[key] ?? Reflect.get(target, key) });
};

/** The same, with new functions each time. */
const wrapping = (end: any): unknown =>
  new Proxy(end, {
    get: (target, key) => {
      const value = Reflect.get(target, key);
      return key === 'send' ? (...args: unknown[]) => target.send(...args) : value;
    },
  });

interface Kind {
  make(end: any): any;
  /** The answers cannot be seen, which is said. */
  blind?: boolean;
}

const KINDS: Record<string, Kind> = {
  'plain properties': { make: (end) => end },
  'setters only': { make: (end) => new SettersOnly(end) },
  'accessors of the prototype': { make: (end) => new Accessors(end) },
  'getters that give something else': { make: (end) => new Counting(end) },
  'accessors of its own': {
    make: (end) =>
      Object.defineProperties(Object.create(SettersOnly.prototype), {
        end: { value: end },
        onmessage: { set: (value) => Reflect.set(end, 'onmessage', value) },
        onclose: { set: (value) => Reflect.set(end, 'onclose', value) },
      }),
  },
  'setters only, frozen': { make: (end) => Object.freeze(new SettersOnly(end)), blind: true },
  'setters only, sealed': { make: (end) => Object.seal(new SettersOnly(end)), blind: true },
  'plain properties, sealed': {
    make: (end) =>
      Object.seal(Object.assign(end, { onmessage: undefined, onclose: undefined, onerror: undefined })),
    blind: true,
  },
  'a Proxy': { make: (end) => new Proxy(end, {}) },
  'a Proxy that binds': { make: (end) => new Proxy(end, { get: bind }) },
  'a Proxy that answers for itself': { make: answering, blind: true },
  'a Proxy that wraps': { make: wrapping, blind: true },
  'a Proxy that takes no properties': {
    make: (end) =>
      new Proxy(end, {
        set: (target, key, value) => String(key).startsWith('on') && Reflect.set(target, key, value),
      }),
    blind: true,
  },
};

const VERSIONS = {
  v1: { create: v1Server, pair: () => InMemoryTransport.createLinkedPair() as [any, any] },
  v2: { create: v2Server, pair: () => InMemoryTransportV2.createLinkedPair() as [any, any] },
};

/** What a client and the application see of a whole connection, and of a second one. */
async function visit(
  version: keyof typeof VERSIONS,
  { make }: Kind,
  instrument: (server: object) => unknown = () => {},
  after: (transport: any) => void = () => {},
): Promise<unknown[]> {
  const { create, pair } = VERSIONS[version];
  const seen: unknown[] = [];
  const server: any = create();
  const started = gate();
  server.registerTool('hang', { inputSchema: z.object({}) }, async (_: unknown, extra: any) => {
    const signal: AbortSignal = extra.signal ?? extra.mcpReq.signal;
    signal.addEventListener('abort', () => seen.push('aborted'));
    started.open();
    return new Promise(() => {});
  });
  server.server.onclose = () => seen.push('closed');
  instrument(server);
  for (const visited of [1, 2]) {
    const [near, far] = pair();
    const received: any[] = [];
    near.onmessage = (message: any) => received.push(message);
    const transport = make(far);
    try {
      await server.connect(transport);
    } catch (error) {
      seen.push(String(error));
      return seen;
    }
    after(transport);
    const request = (id: number, method: string, params: object): void =>
      void near.send({ jsonrpc: '2.0', id, method, params });
    request(1, 'initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'raw', version: '1' },
    });
    await until(() => received.length === 1, 'the greeting');
    void near.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    request(2, 'tools/call', { name: 'echo', arguments: { text: 'hi' } });
    await until(() => received.length === 2, 'the answer');
    request(3, 'tools/call', { name: 'fail', arguments: {} });
    await until(() => received.length === 3, 'the failure');
    request(4, 'tools/call', { name: 'hang', arguments: {} });
    await started.opened;
    await near.close();
    await settled();
    seen.push(visited, received, transport.messages, server.server.transport === undefined);
  }
  return seen;
}

function recorded({ telemetry, spans }: Recording): unknown {
  const requests = spans()
    .filter(({ attributes }) => attributes['mcp.request.id'] !== undefined)
    .map(({ name, attributes }) => [name, attributes['exception.type'] ?? attributes['error.type']]);
  const ends = spans()
    .filter(({ name }) => name === 'mcp.session end')
    .map(({ attributes }) => attributes['mcp.client.session.end_reason']);
  return { requests, ends, active: telemetry.activeSessions().length };
}

const ONE_VISIT = [
  ['initialize', undefined],
  ['tools/call echo', undefined],
  ['tools/call fail', 'PaymentError'],
  ['tools/call hang', 'connection_closed'],
];
const BOTH_VISITS = {
  requests: [...ONE_VISIT, ...ONE_VISIT],
  ends: ['transport_close', 'transport_close'],
  active: 0,
};

// Of a transport whose callbacks could not be read nothing was recorded, and our `onclose` stood in place of the SDK's.
describe.each(['v1', 'v2'] as const)('a transport of %s', (version) => {
  test.each(Object.entries(KINDS))('with %s: as without us, and recorded', async (_, kind) => {
    const bare = await visit(version, kind);
    const recording = record();
    let seen: unknown;
    const said = await stderrOf(async () => {
      seen = await visit(version, kind, (server) => recording.telemetry.instrument(server));
    });
    expect(seen).toEqual(bare);
    expect(bare).toContain('aborted');
    expect(bare).toContain('closed');
    expect(recorded(recording)).toEqual(BOTH_VISITS);
    expect(said).toMatch(
      kind.blind === true ? /^mcp-sessionscope: the methods of a transport cannot be .*\n$/ : /^$/,
    );
  });

  test.each<[string, Kind]>([
    ['with getters only', { make: () => new GettersOnly() }],
    ['that is frozen', { make: (end) => Object.freeze(end) }],
  ])('%s is refused by the server, as without us', async (_, kind) => {
    const { telemetry, spans } = record();
    const bare = await visit(version, kind);
    expect(bare).toEqual([expect.stringContaining('TypeError')]);
    expect(await visit(version, kind, (server) => telemetry.instrument(server))).toEqual(bare);
    expect(spans()).toEqual([]);
  });

  test.each([
    ['once', 1],
    ['twice', 2],
  ])('whose callbacks are wrapped %s after connect: as without us, and recorded', async (_, times) => {
    const wrapAll = (transport: any): void => {
      for (let time = 0; time < times; time += 1) {
        const { onmessage, onclose } = transport;
        transport.onmessage = (...args: unknown[]) => onmessage(...args);
        transport.onclose = () => onclose();
      }
    };
    const kind = KINDS['plain properties'] as Kind;
    const bare = await visit(version, kind, undefined, wrapAll);
    const recording = record();
    const { telemetry } = recording;
    expect(await visit(version, kind, (server) => telemetry.instrument(server), wrapAll)).toEqual(bare);
    expect(recorded(recording)).toEqual(BOTH_VISITS);
  });
});
