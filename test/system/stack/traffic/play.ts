import type { TelemetryManager } from '../../../../src/index.ts';
import type { ObservedClient } from './observed-client.ts';
import { type Intervals, ServerProcesses } from './server-processes.ts';
import { sessionsOf, type Truth } from './truth.ts';
import { crowd, VISITS } from './visits.ts';

export interface PlayOptions {
  /** Where the servers send their telemetry: OTLP over HTTP. */
  otlpUrl: string;
  intervals: Intervals;
  /** Short sessions besides the ones of every kind. */
  sessions: number;
  say(line: string): void;
}

/** Servers and clients that are at work, so that whoever is interrupted can end them. */
export class Traffic {
  readonly #clients = new Set<ObservedClient>();
  #servers: ServerProcesses | undefined;
  #agents: TelemetryManager | undefined;

  /** Sends real clients to instrumented servers and writes down what they do. */
  async play({ otlpUrl, intervals, sessions, say }: PlayOptions): Promise<Truth> {
    const servers = new ServerProcesses(otlpUrl, intervals);
    this.#servers = servers;
    const from = Date.now();
    const agents = new (await builtPackage()).TelemetryManager({
      serverName: 'agents',
      exporterEndpoint: otlpUrl,
      metricExportIntervalMs: intervals.metricsMs,
      batchTimeoutMs: 200,
    });
    this.#agents = agents;
    say('starting the servers');
    const [shop, stock, orders, newOrders, first] = await Promise.all([
      servers.startHttp('shop-http'),
      servers.startHttp('stock'),
      servers.startHttp('orders'),
      servers.startHttp('orders', { STACK_TEST_GIFT_WRAP: 'yes' }),
      servers.startHttp('notes'),
    ]);
    say(`sending ${VISITS.length} clients, one of every kind, and ${sessions} further sessions`);
    const hold = (client: ObservedClient): void => void this.#clients.add(client);
    const scene = { servers, shop, stock, orders, newOrders, agents, hold };
    let done = 0;
    const each = (): void => {
      done += 1;
      if (done % 50 === 0) say(`${done} of ${sessions} sessions`);
    };
    const half = Math.ceil(sessions / 2);
    const manySessions = async (): Promise<void> => {
      await crowd(first, { from: 0, to: half }, each);
      // The server is deployed anew: its sessions are over, and a second process takes its place.
      await first.stop();
      await crowd(await servers.startHttp('notes'), { from: half, to: sessions }, each);
    };
    await Promise.all([manySessions(), ...VISITS.map((visit) => visit(scene))]);
    return {
      from,
      to: Date.now(),
      sessions: sessionsOf(servers.truths),
      processes: servers.truths,
    };
  }

  /** Lets the clients go and ends the servers. */
  async stop(): Promise<void> {
    await Promise.allSettled([...this.#clients].map((client) => client.disconnect()));
    await this.#servers?.stopAll();
    await this.#agents?.shutdown();
  }

  /** Ends the servers, now. */
  kill(): void {
    this.#servers?.kill();
  }
}

/** It may have been built since this was loaded. */
async function builtPackage(): Promise<typeof import('../../../../src/index.ts')> {
  const name = 'mcp-sessionscope';
  return await import(name);
}
