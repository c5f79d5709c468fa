import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePorts } from '../../../tools/stack/index.ts';
import {
  endProcess,
  killProcess,
  signalGroup,
  spawnService,
  waitUntilReady,
} from '../../../tools/stack/process.ts';
import { STACK_FOLDER } from '../../../tools/stack/versions.ts';

/** A Collector of the gateway, run natively. */
export interface NativeCollector {
  /** Its OTLP/HTTP receiver. */
  url: string;
  /** Host and port of its OTLP/gRPC receiver. */
  grpc: string;
  /** Its metrics about itself, as Prometheus text. */
  metricsUrl: string;
  end(): Promise<void>;
  kill(): Promise<void>;
}

export interface CollectorOptions {
  /** The program. */
  otelcol: string;
  /** Which file of examples/stack/gateway. */
  config: 'agent' | 'gateway' | 'sampler';
  /** Tells one of several from the others. */
  name: string;
  /** What differs from the file, merged over it: where it sends to. */
  changes: object;
  env?: Record<string, string>;
  /** For data and logs. */
  folder: string;
  signal?: AbortSignal | undefined;
}

/** Starts a Collector with a configuration of examples/stack/gateway and waits until it is ready. */
export async function startCollector(options: CollectorOptions): Promise<NativeCollector> {
  const { otelcol, config, name, folder } = options;
  const ports = await freePorts();
  await mkdir(folder, { recursive: true });
  const changes = join(folder, `${name}-changes.yaml`);
  await writeFile(changes, stringify(options.changes));
  const prefix = config.toUpperCase();
  const env = {
    [`${prefix}_LISTEN_HOST`]: '127.0.0.1',
    [`${prefix}_GRPC_PORT`]: String(ports.otlpGrpc),
    [`${prefix}_HTTP_PORT`]: String(ports.otlpHttp),
    [`${prefix}_HEALTH_PORT`]: String(ports.collectorHealth),
    [`${prefix}_METRICS_PORT`]: String(ports.collectorMetrics),
    [`${prefix}_DATA`]: join(folder, `${name}-data`),
    ...options.env,
  };
  const service = {
    name: 'collector' as const,
    command: otelcol,
    args: [`--config=${join(STACK_FOLDER, 'gateway', `${config}.yaml`)}`, `--config=${changes}`],
    env,
    ready: `http://127.0.0.1:${ports.collectorHealth}/`,
    listens: [],
  };
  const log = join(folder, `${name}.log`);
  const pid = await spawnService(service, log, process.env);
  const killAtExit = (): void => signalGroup(pid, 'SIGKILL');
  process.once('exit', killAtExit);
  await waitUntilReady(service, pid, log, options.signal);
  const gone = async (how: Promise<void>): Promise<void> => {
    await how;
    process.removeListener('exit', killAtExit);
  };
  return {
    url: `http://127.0.0.1:${ports.otlpHttp}`,
    grpc: `127.0.0.1:${ports.otlpGrpc}`,
    metricsUrl: `http://127.0.0.1:${ports.collectorMetrics}/metrics`,
    end: () => gone(endProcess(pid)),
    kill: () => gone(killProcess(pid)),
  };
}
