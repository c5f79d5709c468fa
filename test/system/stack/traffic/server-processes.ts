import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endChild, untilListening } from '../../../../tools/support/server-child.ts';
import type { ProcessTruth } from './truth.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
/** `host.name` of every server: the machine's own would get into recordings. */
export const HOST = 'stack-test';
const SHUTDOWN_MS = 8_000;

/** The servers under test, by the name of their service. */
const SCRIPTS = {
  'shop-http': 'test/system/stack/servers/shop-http.ts',
  'shop-stdio': 'test/system/stack/servers/shop-stdio.ts',
  catalog: 'test/system/stack/servers/catalog-stdio.ts',
  stock: 'test/system/stack/servers/stock-modern.ts',
  orders: 'test/system/stack/servers/orders-modern.ts',
  notes: 'examples/streamable-http/server.ts',
  weather: 'examples/stdio/server.ts',
} as const;

const VERSIONS: Record<Service, string> = {
  'shop-http': '2.1.0',
  'shop-stdio': '2.1.0',
  catalog: '0.4.0',
  stock: '3.0.0',
  orders: '1.2.0',
  notes: '1.0.0',
  weather: '1.0.0',
};

export type Service = keyof typeof SCRIPTS;

/** Milliseconds between the reports of a session, and between the exports of metrics. */
export interface Intervals {
  updateMs: number;
  metricsMs: number;
}

export interface HttpServer {
  url: URL;
  truth: ProcessTruth;
  /** SIGTERM, and waits until it has flushed and gone. */
  stop(): Promise<void>;
}

/** Starts the instrumented servers in processes of their own. */
export class ServerProcesses {
  readonly truths: ProcessTruth[] = [];
  readonly #env: Record<string, string>;
  readonly #running = new Set<ChildProcess>();

  constructor(otlpUrl: string, { updateMs, metricsMs }: Intervals) {
    const inherited = Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !/^(OTEL|MCP)_/.test(entry[0]),
    );
    this.#env = {
      ...Object.fromEntries(inherited),
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
      OTEL_RESOURCE_ATTRIBUTES: `host.name=${HOST}`,
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_METRIC_EXPORT_INTERVAL: String(metricsMs),
      STACK_TEST_UPDATE_MS: String(updateMs),
      STACK_TEST_METRICS_MS: String(metricsMs),
      PORT: '0',
    };
  }

  /** What a stdio client needs to start a server, and the account of its process. */
  stdio(service: Service): { command: string; args: string[]; env: Record<string, string>; cwd: string } {
    return {
      command: process.execPath,
      args: ['--import', 'tsx', SCRIPTS[service]],
      env: this.#env,
      cwd: ROOT,
    };
  }

  /** The account of a process, kept from now on. */
  account(service: Service): ProcessTruth {
    const now = Date.now();
    const truth: ProcessTruth = {
      service,
      version: VERSIONS[service],
      sessions: [],
      started: { from: now, to: now },
    };
    this.truths.push(truth);
    return truth;
  }

  /** @param env - more variables of its environment */
  async startHttp(service: Service, env: Record<string, string> = {}): Promise<HttpServer> {
    const truth = this.account(service);
    const child = spawn(process.execPath, ['--import', 'tsx', SCRIPTS[service]], {
      env: { ...this.#env, ...env },
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
      // Ctrl-C reaches the test only, which then ends its servers in order.
      detached: true,
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    const url = await untilListening(child, service);
    truth.started.to = Date.now();
    const stop = async (): Promise<void> => {
      const from = Date.now();
      await endChild(child, SHUTDOWN_MS);
      truth.ended = { from, to: Date.now(), killed: false };
    };
    return { url, truth, stop };
  }

  /** Ends every server that still runs. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((child) => endChild(child, SHUTDOWN_MS)));
  }

  /** Now, and without waiting. */
  kill(): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }
}
