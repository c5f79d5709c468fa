import { afterEach, describe, expect, test } from '@jest/globals';
import { closeRecordings, record } from '../support/recording.ts';
import { until } from '../support/until.ts';
import { v1Server } from '../support/v1.ts';
import { v2Server } from '../support/v2.ts';
import { type RawWire, wireV1, wireV2 } from '../support/wire.ts';

afterEach(closeRecordings);

type Handler = ((...args: unknown[]) => unknown) & Record<PropertyKey, unknown>;
type Handlers = Map<string, Handler>;

const ECHO = { name: 'echo', arguments: { text: 'hi' } };

/** Middleware that counts its runs. */
function middleware(): { around: (handler: Handler) => Handler; runs: () => number } {
  let runs = 0;
  const around = (handler: Handler): Handler =>
    ((...args: unknown[]) => {
      runs += 1;
      return handler(...args);
    }) as Handler;
  return { around, runs: () => runs };
}

async function call(wire: RawWire, times: number): Promise<void> {
  for (let id = 1; id <= times; id += 1) {
    wire.request(id, 'tools/call', ECHO);
    expect((await wire.answer(id)).result.content[0].text).toBe('hi');
  }
}

// Each request was given a handler of ours through the framework's `set`, which put one more layer around it.
describe.each([
  ['v1', v1Server, wireV1],
  ['v2', v2Server, wireV2],
] as const)('a framework puts its middleware around the handlers of %s', (_, create, connect) => {
  test('whatever is set: it runs once a call, however many there were', async () => {
    const { telemetry, named } = record();
    const server = create();
    const handlers = (server.server as any)._requestHandlers as Handlers;
    const { around, runs } = middleware();
    const { set } = handlers;
    handlers.set = (method, handler) => set.call(handlers, method, around(handler)) as Handlers;
    handlers.set('tools/call', handlers.get('tools/call') as Handler);
    telemetry.instrument(server);
    const wire = await connect(server);
    await wire.initialize();
    await call(wire, 300);
    expect(runs()).toBe(300);
    expect(named('tools/call echo')).toHaveLength(300);
    await wire.close();
  });

  test.each([
    ['looks for its own mark', (seen: WeakSet<Handler>, handler: Handler) => seen.has(handler)],
    ['wraps before each request', () => false],
  ])('that %s: it finds its own functions, and no more layers than without us', async (how, isKnown) => {
    const layersOf = async (instrument: (server: object) => unknown): Promise<number> => {
      const server = create();
      instrument(server);
      const handlers = (server.server as any)._requestHandlers as Handlers;
      const { around, runs } = middleware();
      const seen = new WeakSet<Handler>();
      const wire = await connect(server);
      await wire.initialize();
      for (let id = 1; id <= 20; id += 1) {
        const handler = handlers.get('tools/call') as Handler;
        if (!isKnown(seen, handler)) {
          const wrapped = around(handler);
          seen.add(wrapped);
          handlers.set('tools/call', wrapped);
        }
        wire.request(id, 'tools/call', ECHO);
        await wire.answer(id);
      }
      await wire.close();
      return runs();
    };
    const { telemetry } = record();
    const expected = how === 'wraps before each request' ? 210 : 20;
    expect(await layersOf(() => {})).toBe(expected);
    expect(await layersOf((server) => telemetry.instrument(server))).toBe(expected);
  });

  test.each([
    ['a Proxy', (handlers: Handlers) => new Proxy(handlers, { get: bound })],
    ['a map with a get of its own', withOwnGet],
  ])('in %s: it answers for itself, and calls are recorded', async (_kind, replace) => {
    const { telemetry, one } = record();
    const server = create();
    const low = server.server as any;
    low._requestHandlers = replace(low._requestHandlers);
    low._notificationHandlers = replace(low._notificationHandlers);
    telemetry.instrument(server);
    const wire = await connect(server);
    await wire.initialize();
    await call(wire, 1);
    await until(() => one('tools/call echo'), 'the span');
    expect(one('notifications/initialized').attributes).not.toHaveProperty(['error.type']);
    await wire.close();
  });
});

function bound(target: Handlers, key: string): unknown {
  const value = Reflect.get(target, key);
  return typeof value === 'function' ? value.bind(target) : value;
}

function withOwnGet(handlers: Handlers): Handlers {
  const known = new WeakSet(handlers.values());
  const { get } = handlers;
  handlers.get = (method) => {
    const handler = get.call(handlers, method);
    if (handler !== undefined && !known.has(handler)) throw new Error('not one of mine');
    return handler;
  };
  return handlers;
}
