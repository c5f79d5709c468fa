import { createServer } from 'node:net';

/** Every port of the native stack, all on 127.0.0.1. */
export const PORTS = {
  /** OTLP over gRPC, where applications send to. */
  otlpGrpc: 4317,
  /** OTLP over HTTP, where applications send to. */
  otlpHttp: 4318,
  collectorHealth: 13133,
  /** The Collector's metrics about itself, as Prometheus text. */
  collectorMetrics: 8888,
  /** ClickHouse's HTTP interface, which the Collector and Grafana use too. */
  clickhouse: 8123,
  prometheus: 9090,
  /** Jaeger's pages and HTTP API. */
  jaeger: 16686,
  jaegerGrpc: 16685,
  jaegerHealth: 13134,
  /** Where the Collector sends traces to Jaeger. */
  jaegerOtlp: 14417,
  /** The example server, with `--traffic`. */
  example: 3010,
} as const;

export type PortName = keyof typeof PORTS;
export type Ports = Record<PortName, number>;

const HIGHEST = 65_535;

/** The ports, each `offset` above its usual place. */
export function portsAt(offset: number): Ports {
  const ports = Object.entries(PORTS).map(([name, port]) => [name, port + offset] as const);
  const wrong = ports.find(([, port]) => !Number.isInteger(port) || port < 1 || port > HIGHEST);
  if (wrong !== undefined) {
    throw new RangeError(`--port-offset ${offset} would put ${wrong[0]} on port ${wrong[1]}, which is none`);
  }
  return Object.fromEntries(ports) as Ports;
}

/** Throws, naming every port that another program has, and how to use others. */
export async function requireFree(ports: Partial<Ports>): Promise<void> {
  const entries = Object.entries(ports);
  const free = await Promise.all(entries.map(([, port]) => isFree(port)));
  const taken = entries.filter((_, index) => free[index] === false);
  if (taken.length === 0) return;
  const list = taken.map(([name, port]) => `${port} (${name})`).join(', ');
  throw new Error(
    `another program listens on 127.0.0.1, port ${list}. Stop it (where it is this stack: npm run stack -- down), or move all ports: --port-offset 1000`,
  );
}

/** Ports that nobody has, for a stack beside others; they are free when asked, which is all that can be known. */
export async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(
    Object.keys(PORTS).map(async (name) => ({ name, server: await listen(0) })),
  );
  const ports = servers.map(({ name, server }) => [name, (server.address() as { port: number }).port]);
  await Promise.all(servers.map(({ server }) => close(server)));
  return Object.fromEntries(ports) as Ports;
}

async function isFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port));
    return true;
  } catch {
    return false;
  }
}

function listen(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function close(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
