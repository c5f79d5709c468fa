import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { InMemoryTransport as InMemoryTransportV2 } from '@modelcontextprotocol/server';
import { until } from './until.ts';

type Id = string | number;

/** What stands at the client's end of an in-memory connection: raw messages go in, raw messages come out. */
export interface RawWire {
  /** Every message that the server sent, in order. */
  received: any[];
  send(message: unknown): void;
  request(id: Id, method: string, params?: unknown): void;
  notify(method: string, params?: unknown): void;
  /** `initialize` with the id `init`, and its notification. */
  initialize(version?: string): Promise<void>;
  /** The response to `id`, as soon as it is there. */
  answer(id: Id): Promise<any>;
  close(): Promise<void>;
  /** The server's end. */
  transport: any;
}

interface Connectable {
  connect(transport: any): Promise<void>;
}

export function wireV1(server: Connectable): Promise<RawWire> {
  return wire(server, InMemoryTransport.createLinkedPair());
}

export function wireV2(server: Connectable): Promise<RawWire> {
  return wire(server, InMemoryTransportV2.createLinkedPair());
}

async function wire(server: Connectable, [near, far]: [any, any]): Promise<RawWire> {
  const received: any[] = [];
  near.onmessage = (message: unknown) => received.push(structuredClone(message));
  await server.connect(far);
  await near.start();
  const send = (message: unknown): void => void near.send(message);
  const self: RawWire = {
    received,
    transport: far,
    send,
    request: (id, method, params) =>
      send({ jsonrpc: '2.0', id, method, ...(params !== undefined && { params }) }),
    notify: (method, params) => send({ jsonrpc: '2.0', method, ...(params !== undefined && { params }) }),
    async initialize(version = '2025-11-25') {
      self.request('init', 'initialize', {
        protocolVersion: version,
        capabilities: { sampling: {}, elicitation: {}, roots: { listChanged: true } },
        clientInfo: { name: 'raw', version: '1' },
      });
      await self.answer('init');
      self.notify('notifications/initialized');
    },
    answer: (id) =>
      until(
        () => received.find((message) => message.id === id && message.method === undefined),
        `the answer to ${JSON.stringify(id)}`,
      ),
    close: () => near.close(),
  };
  return self;
}
