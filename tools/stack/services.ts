import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Binaries } from './install.ts';
import type { PortName, Ports } from './ports.ts';
import { STACK_FOLDER } from './versions.ts';

/** The stack's services, in the order in which they start: whoever sends comes after whoever receives. */
export const SERVICES = ['prometheus', 'clickhouse', 'jaeger', 'collector', 'example', 'traffic'] as const;
export type ServiceName = (typeof SERVICES)[number];
/** Those that make the stack itself. */
export const BACKENDS = ['prometheus', 'clickhouse', 'jaeger', 'collector'] as const;
/** The example server and its clients. */
export const TRAFFIC = ['example', 'traffic'] as const;

/** What a service is, for this stack. */
export interface Service {
  name: ServiceName;
  command: string;
  args: string[];
  /** Added to the environment. */
  env: Record<string, string>;
  /** Answers 200 when the service is ready; a service without one is ready when it has started. */
  ready?: string;
  /** Which ports it listens on. */
  listens: readonly PortName[];
}

export interface Plan {
  binaries: Binaries;
  ports: Ports;
  dataDir: string;
  /** Which run; the Collector sends traces only to those that do. */
  services: readonly ServiceName[];
}

const HOST = '127.0.0.1';
const EXAMPLE_FOLDER = join(STACK_FOLDER, 'traffic');
const CLICKHOUSE_SERVER = fileURLToPath(new URL('./clickhouse/main.ts', import.meta.url));
/** Programs run from the root of the repository, where the package's name leads to `dist`. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The variables that the configuration files in `examples/stack` read, for the native stack. In the containers the
 * files' own defaults and `compose.yaml` give them.
 */
export function configEnvironment({
  ports,
  dataDir,
}: Pick<Plan, 'ports' | 'dataDir'>): Record<string, string> {
  return {
    STACK_LISTEN_HOST: HOST,
    STACK_COLLECTOR_GRPC_PORT: String(ports.otlpGrpc),
    STACK_COLLECTOR_HTTP_PORT: String(ports.otlpHttp),
    STACK_COLLECTOR_HEALTH_PORT: String(ports.collectorHealth),
    STACK_COLLECTOR_METRICS_PORT: String(ports.collectorMetrics),
    STACK_COLLECTOR_DATA: join(dataDir, 'collector'),
    STACK_CLICKHOUSE_URL: `http://${HOST}:${ports.clickhouse}`,
    // Between two programs of one machine there is nothing to gain.
    STACK_CLICKHOUSE_COMPRESS: 'none',
    STACK_JAEGER_OTLP: `${HOST}:${ports.jaegerOtlp}`,
    STACK_PROMETHEUS_URL: `http://${HOST}:${ports.prometheus}`,
    STACK_JAEGER_OTLP_PORT: String(ports.jaegerOtlp),
    STACK_JAEGER_HTTP_PORT: String(ports.jaeger),
    STACK_JAEGER_GRPC_PORT: String(ports.jaegerGrpc),
    STACK_JAEGER_HEALTH_PORT: String(ports.jaegerHealth),
  };
}

/** How each service that the plan has is run. */
export function serviceOf(name: ServiceName, plan: Plan): Service {
  return MAKERS[name](plan);
}

const config = (name: string): string => join(STACK_FOLDER, name);

const MAKERS: Readonly<Record<ServiceName, (plan: Plan) => Service>> = {
  prometheus: ({ binaries, ports, dataDir }) => ({
    name: 'prometheus',
    command: binaries.prometheus,
    args: [
      `--config.file=${config('prometheus.yaml')}`,
      `--storage.tsdb.path=${join(dataDir, 'prometheus')}`,
      '--storage.tsdb.retention.time=15d',
      `--web.listen-address=${HOST}:${ports.prometheus}`,
      ...PROMETHEUS_FLAGS,
    ],
    env: {},
    ready: `http://${HOST}:${ports.prometheus}/-/ready`,
    listens: ['prometheus'],
  }),
  clickhouse: ({ binaries, ports, dataDir }) => ({
    name: 'clickhouse',
    command: process.execPath,
    args: [
      ...['--import', 'tsx', CLICKHOUSE_SERVER],
      ...['--engine', binaries.chdb, '--data', join(dataDir, 'clickhouse')],
      ...['--schema', config('clickhouse/schema.sql'), '--port', String(ports.clickhouse)],
    ],
    env: {},
    ready: `http://${HOST}:${ports.clickhouse}/ping`,
    listens: ['clickhouse'],
  }),
  jaeger: (plan) => ({
    name: 'jaeger',
    command: plan.binaries.jaeger,
    args: [`--config=${config('jaeger.yaml')}`],
    env: configEnvironment(plan),
    ready: `http://${HOST}:${plan.ports.jaegerHealth}/status`,
    listens: ['jaeger', 'jaegerGrpc', 'jaegerHealth', 'jaegerOtlp'],
  }),
  collector: (plan) => ({
    name: 'collector',
    command: plan.binaries.otelcol,
    args: [`--config=${config('collector.yaml')}`, ...withoutAbsent(plan.services), ...COLLECTOR_FLAGS],
    env: configEnvironment(plan),
    ready: `http://${HOST}:${plan.ports.collectorHealth}/`,
    listens: ['otlpGrpc', 'otlpHttp', 'collectorHealth', 'collectorMetrics'],
  }),
  example: ({ ports }) => ({
    name: 'example',
    command: process.execPath,
    args: ['--import', 'tsx', join(EXAMPLE_FOLDER, 'server.ts')],
    env: { ...trafficEnvironment(ports), PORT: String(ports.example) },
    ready: `http://${HOST}:${ports.example}/health`,
    listens: ['example'],
  }),
  traffic: ({ ports }) => ({
    name: 'traffic',
    command: process.execPath,
    args: ['--import', 'tsx', join(EXAMPLE_FOLDER, 'main.ts')],
    env: { ...trafficEnvironment(ports), MCP_URL: `http://${HOST}:${ports.example}/mcp` },
    listens: [],
  }),
};

/** Keeps the resource of one process out of the metrics that are made of the spans of all. */
export const COLLECTOR_FLAGS = ['--feature-gates=+connector.spanmetrics.excludeResourceMetrics'] as const;

/** The flags of Prometheus that are no paths or addresses; `compose.yaml` has the same. */
export const PROMETHEUS_FLAGS = ['--web.enable-otlp-receiver', '--enable-feature=exemplar-storage'] as const;

function trafficEnvironment(ports: Ports): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${HOST}:${ports.otlpHttp}`,
    OTEL_METRIC_EXPORT_INTERVAL: '10000',
  };
}

/** Without it the Collector would keep what nobody will ever fetch. */
function withoutAbsent(services: readonly ServiceName[]): string[] {
  const exporters = (
    [
      ['clickhouse', 'clickhouse'],
      ['jaeger', 'otlp/jaeger'],
      ['prometheus', 'spanmetrics'],
    ] as const
  ).flatMap(([name, exporter]) => (services.includes(name) ? [exporter] : []));
  if (exporters.length === 3) return [];
  const changes = [`traces::exporters: [${exporters.join(', ')}]`];
  if (!services.includes('prometheus')) changes.push('metrics::receivers: [otlp]');
  return changes.map((change) => `--config=yaml:service::pipelines::${change}`);
}
