import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { SpanKind } from '@opentelemetry/api';
import { instrumentClient } from '../../../src/index.ts';
import { type Application, application } from '../../instrumentation/application.ts';
import { v1Server } from '../../support/v1.ts';

let app: Application;
beforeEach(() => {
  app = application();
});
afterEach(() => app.shutdown());

/** A client that knows no SDK, but speaks through a transport as theirs are. */
class SmallClient {
  readonly transport: InMemoryTransport;
  readonly clientInfo = { name: 'small', version: '0.1.0' };
  serverInfo: { name: string; version: string } | undefined;
  isClosed = false;
  readonly #waiting = new Map<unknown, (message: any) => void>();
  #next = 0;

  constructor(transport: InMemoryTransport) {
    this.transport = transport;
    transport.onclose = () => {
      this.isClosed = true;
    };
    transport.onmessage = (message: any) => this.#waiting.get(message.id)?.(message);
  }

  async connect(): Promise<this> {
    await this.transport.start();
    const { clientInfo } = this;
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
    const { result } = await this.request('initialize', params);
    this.serverInfo = result.serverInfo;
    await this.transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return this;
  }

  async request(method: string, params: object): Promise<any> {
    const id = this.#next++;
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
    await this.transport.send({ jsonrpc: '2.0', id, method, params: { ...params } });
    return answer;
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}

async function clientOfServer(): Promise<SmallClient> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  await v1Server().connect(far);
  return new SmallClient(near);
}

function providersOf({ tracerProvider, meterProvider }: Application) {
  return { tracerProvider, meterProvider };
}

const call = (name: string) => ({ name, arguments: { text: 'hello' } });

test('a client that is made of neither SDK is observed by its transport', async () => {
  const client = await (await clientOfServer()).connect();
  const telemetry = instrumentClient(client, providersOf(app));
  const answer = await client.request('tools/call', call('echo'));
  expect(answer.result.content).toEqual([{ type: 'text', text: 'hello' }]);
  expect((await client.request('tools/call', call('fail'))).result.isError).toBe(true);
  const [echo, fail, ...others] = app.exporter.getFinishedSpans();
  expect(others).toEqual([]);
  expect(echo).toMatchObject({ name: 'tools/call echo', kind: SpanKind.CLIENT });
  expect(echo?.attributes).toMatchObject({
    'mcp.client.name': 'small',
    'mcp.server.name': 'test-server',
    'jsonrpc.request.id': '1',
  });
  expect(fail?.attributes['error.type']).toBe('tool_error');
  await client.close();
  expect(client.isClosed).toBe(true);
  await telemetry.shutdown();
});

test('it is observed from its beginning where it is instrumented before, and once', async () => {
  const client = await clientOfServer();
  const telemetry = instrumentClient(client, providersOf(app));
  expect(instrumentClient(client, providersOf(app))).toBe(telemetry);
  await client.connect();
  const names = app.exporter.getFinishedSpans().map(({ name }) => name);
  expect(names).toEqual(['initialize', 'notifications/initialized']);
  await telemetry.shutdown();
});

test('what has no such transport is no client', () => {
  for (const each of [{}, { transport: {}, close() {} }, v1Server(), v1Server().server, { close() {} }])
    expect(() => instrumentClient(each)).toThrow('client must be a Client of');
});
