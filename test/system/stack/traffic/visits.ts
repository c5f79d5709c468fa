import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { TelemetryManager } from '../../../../src/index.ts';
import { DISCOVERY_MS, PAYMENT_MS, SEARCH_MS } from '../servers/times.ts';
import { ObservedClient } from './observed-client.ts';
import type { HttpServer, ServerProcesses, Service } from './server-processes.ts';
import type { SessionTruth } from './truth.ts';

export interface Scene {
  servers: ServerProcesses;
  shop: HttpServer;
  stock: HttpServer;
  /** Two processes of one server, the second of which has a tool more. */
  orders: HttpServer;
  newOrders: HttpServer;
  /** Of the clients that are instrumented. */
  agents: TelemetryManager;
  /** Told of each client that is connected, to be let go at the end. */
  hold(client: ObservedClient): void;
}

/** What one client does. Each has a name of its own, so that its session is known by it. */
type Visit = (scene: Scene) => Promise<void>;

/** What a client may call itself, and what a search for it must not make of it. */
export const QUOTING_CLIENT = `O'Brien\\'s "100%" client`;

const LONG_CALL_MS = 1_500;
const ROUNDS = 8;
const ROUND_MS = 1_500;

/** Active, ended, crashed, failing, long: a client for every kind of session. */
export const VISITS: readonly Visit[] = [
  async function staysConnected(scene) {
    const client = await overHttp(scene, 'support-chat', '1.1.0');
    await client.listTools();
    await search(client, 'ORD-1');
  },
  async function doesNothing(scene) {
    await overHttp(scene, 'idle-editor', '0.1.0');
  },
  async function waitsForALongCall(scene) {
    const client = await overHttp(scene, 'desktop-chat', '1.4.0');
    await client.listTools();
    await search(client, 'ORD-2');
    await client.call('export_report', { ms: LONG_CALL_MS }, { atLeastMs: LONG_CALL_MS });
    await client.end('client_delete');
  },
  async function failsInSeveralWays(scene) {
    const client = await overHttp(scene, 'payment-agent', '3.2.0');
    await client.listTools();
    await pay(client, 'INV-7', 'PaymentProviderError');
    await pay(client, 'INV-7');
    await client.call('refund_payment', { reference: 'INV-7' }, { errorType: 'tool_error' });
    await client.prompt('no-such-prompt', { statusCode: '-32601' });
    await client.call('link, then sync', {}, { asksUser: true });
    await search(client, 'INV-7');
    await client.end('client_delete');
  },
  async function isAtWorkForLong(scene) {
    const client = await overHttp(scene, 'night-shift', '2.2.0', scene.agents);
    // Rates need values that grow from one export to the next.
    for (let round = 0; round < ROUNDS; round += 1) {
      await client.listTools();
      await search(client, `ORD-${round}`);
      await client.call('refund_payment', { reference: 'INV-8' }, { errorType: 'tool_error' });
      await client.call('ask_user');
      await sleep(ROUND_MS);
    }
    await client.end('client_delete');
  },
  async function leavesACallOpen(scene) {
    const client = await overHttp(scene, 'report-runner', '5.0.0');
    await client.listTools();
    client.leaveOpen('export_report', { ms: 600_000 });
  },
  async function answersTheServer(scene) {
    const client = await overStdio(scene, 'shop-stdio', 'code-editor', '2.0.1', scene.agents);
    await client.listTools();
    for (const query of ['a', 'b', 'c']) await search(client, query);
    await client.call('ask_user');
    await client.end('stdin_eof');
  },
  async function asksForAnUnknownCity(scene) {
    const client = await overStdio(scene, 'weather', 'terminal-chat', '0.9.0');
    await client.call('get_weather', { city: 'Atlantis' }, { errorType: 'RangeError' });
    await client.call('get_weather', { city: 'Oslo' });
    await client.end('stdin_eof');
  },
  async function losesItsServer(scene) {
    const client = await overStdio(scene, 'shop-stdio', 'flaky-host', '0.3.0');
    await client.listTools();
    await search(client, 'ORD-3');
    // Long enough for what it did to be exported; what it does after that is lost with the process.
    await sleep(3_000);
    await client.crash();
  },
  async function discoversSlowly(scene) {
    const client = await overStdio(scene, 'catalog', 'catalog-reader', '1.0.0');
    await client.listTools({ atLeastMs: DISCOVERY_MS });
    await client.call('list_products');
    await client.end('stdin_eof');
  },
  async function hasNoSessionOnTheWire(scene) {
    const client = await modern(scene, scene.stock, 'modern-agent', '4.0.0');
    await client.listTools();
    await client.call('get_stock', { item: 'tea' });
  },
  async function isServedByTwoProcesses(scene) {
    const { orders, newOrders, hold } = scene;
    const id = randomUUID();
    let server = orders;
    const transport = new StreamableHTTPClientTransport(orders.url, {
      requestInit: { headers: { 'x-conversation': id } },
      fetch: (_url, init) => fetch(server.url, init),
    });
    const who = { name: 'order-desk', version: '1.0.0' };
    const client = await ObservedClient.modern(who, 'orders', (inner) => inner.connect(transport), id);
    orders.truth.sessions.push(client.truth);
    hold(client);
    await client.listTools();
    await client.call('place_order', { order: 'ORD-1' });
    server = newOrders;
    client.movesTo(newOrders.truth);
    await client.call('cancel_order', { order: 'ORD-1' }, { errorType: 'tool_error' });
    await client.call('place_order', { order: 'ORD-2' });
    server = orders;
    client.movesTo(orders.truth);
    await client.call('cancel_order', { order: 'ORD-1' }, { errorType: 'tool_error' });
    await client.call('place_order', { order: 'ORD-3' });
  },
  async function seesTheNewTool(scene) {
    const client = await modern(scene, scene.newOrders, 'order-kiosk', '2.0.0');
    await client.listTools();
  },
  async function failsWithItsFirstVersion(scene) {
    const client = await overHttp(scene, 'payroll', '1.0.0');
    await pay(client, 'PAY-1', 'PaymentProviderError');
    await client.end('client_delete');
  },
  async function recoversWithItsSecondVersion(scene) {
    const client = await overHttp(scene, 'payroll', '2.0.0');
    await pay(client, 'PAY-2', 'PaymentProviderError');
    await pay(client, 'PAY-2');
    await pay(client, 'PAY-2');
    await client.end('client_delete');
  },
  async function hasANameFullOfQuotes(scene) {
    const client = await overHttp(scene, QUOTING_CLIENT, '1.0.0');
    await search(client, 'ORD-4');
    await client.end('client_delete');
  },
];

const CROWD = ['batch-import', 'nightly-report', 'crm-sync', 'web-assistant'];

/**
 * Many short sessions on one server, a few at a time.
 *
 * @param numbers - of the sessions; what one does depends on its number
 * @param each - told of every session that is over
 */
export async function crowd(
  server: HttpServer,
  numbers: { from: number; to: number },
  each: () => void,
): Promise<void> {
  let next = numbers.from;
  const worker = async (): Promise<void> => {
    while (next < numbers.to) {
      const number = next;
      next += 1;
      await shortSession(server, number);
      each();
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}

async function shortSession(server: HttpServer, number: number): Promise<void> {
  const who = { name: CROWD[number % CROWD.length] as string, version: `1.${number % 3}.0` };
  const client = await ObservedClient.overHttp(who, 'notes', server.url);
  server.truth.sessions.push(client.truth);
  for (let note = 0; note <= number % 3; note += 1) await client.call('add_note', { text: `note ${note}` });
  await client.prompt('summarize');
  await client.end('client_delete');
}

function search(client: ObservedClient, query: string): Promise<void> {
  return client.call('search_orders', { query }, { atLeastMs: SEARCH_MS });
}

function pay(client: ObservedClient, reference: string, errorType?: string): Promise<void> {
  const expected = { atLeastMs: PAYMENT_MS, ...(errorType !== undefined && { errorType }) };
  return client.call('create_payment', { reference }, expected);
}

async function overHttp(
  scene: Scene,
  name: string,
  version: string,
  telemetry?: TelemetryManager,
): Promise<ObservedClient> {
  const { truth, url } = scene.shop;
  const client = await ObservedClient.overHttp({ name, version }, truth.service, url, telemetry);
  scene.shop.truth.sessions.push(client.truth);
  scene.hold(client);
  return client;
}

async function modern(
  scene: Scene,
  server: HttpServer,
  name: string,
  version: string,
): Promise<ObservedClient> {
  const transport = new StreamableHTTPClientTransport(server.url);
  const client = await ObservedClient.modern({ name, version }, server.truth.service, (inner) =>
    inner.connect(transport),
  );
  server.truth.sessions.push(client.truth);
  scene.hold(client);
  return client;
}

/** A stdio client has a server process to itself. */
async function overStdio(
  scene: Scene,
  service: Service,
  name: string,
  version: string,
  telemetry?: TelemetryManager,
): Promise<ObservedClient> {
  const process = scene.servers.account(service);
  const server = scene.servers.stdio(service);
  const client = await ObservedClient.overStdio({ name, version }, service, server, telemetry);
  process.started.to = client.truth.started.to;
  process.sessions.push(client.truth);
  scene.hold(client);
  client.onEnd((session: SessionTruth) => {
    const now = { from: Date.now(), to: Date.now() };
    process.ended = { ...(session.ended ?? now), killed: session.status === 'lost' };
  });
  return client;
}
