import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './install.ts';
import { type PortName, type Ports, portsAt, requireFree } from './ports.ts';
import { endProcess, isAlive, killProcess, signalGroup, spawnService, waitUntilReady } from './process.ts';
import { BACKENDS, SERVICES, type Service, type ServiceName, serviceOf } from './services.ts';

export interface StackOptions {
  /** From `ensureInstalled`. */
  binaries: Binaries;
  /** Where the services keep their data; made when missing. */
  dataDir: string;
  /** Where each service writes `<name>.log`; made when missing. */
  logsDir: string;
  /** Default: the usual ports. */
  ports?: Ports;
  /** Which services run. Default: Prometheus, ClickHouse, Jaeger and the Collector. */
  services?: readonly ServiceName[];
  /** Added to the environment of every service; the configuration files read some of it. */
  env?: Record<string, string>;
  /** Told what is being started. */
  say?: (line: string) => void;
  signal?: AbortSignal;
  /** Leaves the services running when this process ends without {@link Stack.stop}. */
  detach?: boolean;
}

/** Where to reach the services; without a slash at the end. */
export interface Urls {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  otlpHttp: string;
  otlpGrpc: string;
  /** ClickHouse's HTTP interface. */
  clickhouse: string;
  prometheus: string;
  jaeger: string;
  collectorMetrics: string;
  /** The example server's MCP endpoint. */
  example: string;
}

/** Starts the stack and waits until every service is ready. Ends what it started where one is not. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const stack = new Stack(options);
  await stack.startAll();
  return stack;
}

/** The URLs of a stack on these ports. */
export function urlsOf(ports: Ports): Urls {
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    otlpHttp: at(ports.otlpHttp),
    otlpGrpc: at(ports.otlpGrpc),
    clickhouse: at(ports.clickhouse),
    prometheus: at(ports.prometheus),
    jaeger: at(ports.jaeger),
    collectorMetrics: `${at(ports.collectorMetrics)}/metrics`,
    example: `${at(ports.example)}/mcp`,
  };
}

/** A running stack. */
export class Stack {
  readonly ports: Ports;
  readonly urls: Urls;
  readonly services: readonly ServiceName[];
  readonly #options: StackOptions;
  readonly #pids = new Map<ServiceName, number>();
  readonly #killAll = (): void => {
    for (const pid of this.#pids.values()) signalGroup(pid, 'SIGKILL');
  };

  constructor(options: StackOptions) {
    const wanted = options.services ?? BACKENDS;
    this.#options = options;
    this.ports = options.ports ?? portsAt(0);
    this.urls = urlsOf(this.ports);
    this.services = SERVICES.filter((name) => wanted.includes(name));
  }

  /** Called by {@link startStack}. */
  async startAll(): Promise<void> {
    const { dataDir, logsDir, say, detach } = this.#options;
    const listening = this.services.flatMap((name) => this.#service(name).listens);
    await requireFree(Object.fromEntries(listening.map((name: PortName) => [name, this.ports[name]])));
    for (const folder of [
      logsDir,
      ...['collector', 'clickhouse', 'prometheus'].map((name) => join(dataDir, name)),
    ]) {
      await mkdir(folder, { recursive: true });
    }
    if (detach !== true) process.once('exit', this.#killAll);
    try {
      for (const wave of WAVES) {
        const names = wave.filter((name) => this.services.includes(name));
        if (names.length === 0) continue;
        say?.(`starting ${names.join(', ')} …`);
        await Promise.all(names.map((name) => this.start(name)));
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Starts a service that does not run, on the same ports and data, and waits until it is ready. */
  async start(name: ServiceName): Promise<void> {
    if (this.isRunning(name)) return;
    const service = this.#service(name);
    const pid = await spawnService(service, this.logPath(name), { ...process.env, ...this.#options.env });
    this.#pids.set(name, pid);
    await waitUntilReady(service, pid, this.logPath(name), this.#options.signal);
  }

  /** Ends a service in order. */
  async end(name: ServiceName): Promise<void> {
    const pid = this.#pids.get(name);
    if (pid === undefined) return;
    await endProcess(pid);
    this.#pids.delete(name);
  }

  /** Ends a service at once, as a crash would. */
  async kill(name: ServiceName): Promise<void> {
    const pid = this.#pids.get(name);
    if (pid === undefined) return;
    await killProcess(pid);
    this.#pids.delete(name);
  }

  /** Ends a service in order and starts it again. */
  async restart(name: ServiceName): Promise<void> {
    await this.end(name);
    await this.start(name);
  }

  /** Ends everything: who sends before who receives. */
  async stop(): Promise<void> {
    for (const wave of [...WAVES].reverse()) await Promise.all(wave.map((name) => this.end(name)));
    process.removeListener('exit', this.#killAll);
  }

  isRunning(name: ServiceName): boolean {
    const pid = this.#pids.get(name);
    return pid !== undefined && isAlive(pid);
  }

  pid(name: ServiceName): number | undefined {
    return this.#pids.get(name);
  }

  logPath(name: ServiceName): string {
    return join(this.#options.logsDir, `${name}.log`);
  }

  #service(name: ServiceName): Service {
    const { binaries, dataDir } = this.#options;
    return serviceOf(name, { binaries, dataDir, ports: this.ports, services: this.services });
  }
}

/** What starts together. */
const WAVES: readonly (readonly ServiceName[])[] = [
  ['prometheus', 'clickhouse', 'jaeger'],
  ['collector'],
  ['example'],
  ['traffic'],
];
