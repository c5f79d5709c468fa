import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import type { ContextManager, MeterProvider, TracerProvider } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  MeterProvider as SdkMeterProvider,
} from '@opentelemetry/sdk-metrics';
import { NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { ResolvedConfig, SignalDestination } from '../config/resolve.ts';
import type { ServerInfo } from '../intercept/shapes.ts';
import { expressibleAttributes } from '../signals/expressible.ts';
import * as semconv from '../signals/semconv.ts';
import { BackgroundMetricExporter, BackgroundSpanExporter } from './background-exporters.ts';
import { collectNow } from './collect-now.ts';
import { createConsoleMetricExporter, createConsoleTraceExporter } from './console.ts';
import { CountingBatchSpanProcessor } from './counting-processor.ts';
import { createExitDelivery, type ExitDelivery } from './exit-delivery.ts';
import { Monitors, recordingDirOf } from './monitors.ts';
import { DEFAULT_RETENTION } from './old-recordings.ts';
import { createFileMetricExporter, createFileTraceExporter } from './otlp-file.ts';
import { createOtlpMetricExporter, createOtlpTraceExporter } from './otlp-http.ts';
import { mayDo } from './permissions.ts';
import type { Pipeline } from './pipeline.ts';
import { isRequestBound, RequestBoundMetricExporter, RequestBoundSpanExporter } from './request-bound.ts';
import { RotatingFile } from './rotating-file.ts';
import { SessionSampler } from './session-sampler.ts';

export { linesAboutProviders } from './choose-providers.ts';

/** Files of a folder: what a page still reads in a second or two. */
const MAX_RECORDINGS = 20_000;

export { probeExport } from './probe.ts';

/** What tells this manager's telemetry from that of others. */
export interface PipelineIdentity {
  processSessionId: string;
  /** The server's own name and version, for where neither code nor environment gives one. */
  ownName: string | undefined;
  ownVersion: string | undefined;
  /** Where the server tells them later: exports wait for it, and where it says nothing the two above stay. */
  told?: Promise<ServerInfo> | undefined;
  /** Unique per manager of the process. */
  managerNumber: number;
}

/** Builds providers, processors and exporters for what the configuration asks for. */
export function createPipeline(config: ResolvedConfig, identity: PipelineIdentity): Pipeline {
  const resource = createResource(config, identity);
  const base = fileBase(resource, identity);
  const monitors = new Monitors();
  const closing = new AbortController();
  // Every export that waits for a retry listens.
  setMaxListeners(0, closing.signal);
  const exits = createExitDelivery(config.exitDelivery && !isRequestBound(), closing.signal);
  const common = { config, resource, base, monitors, exits, closing: closing.signal };
  const traces = tracesPart(common);
  const metrics = metricsPart(common);
  const parts = [traces, metrics].filter((part) => part !== undefined);
  return {
    tracerProvider: traces?.provider,
    meterProvider: metrics?.provider,
    forceFlush: async () => void (await Promise.all(parts.map((part) => part.forceFlush()))),
    shutdown: async () => void (await Promise.all(parts.map((part) => part.shutdown()))),
    closing: () => {
      monitors.closing();
      closing.abort();
    },
    keep: () => {
      metrics?.exportNow();
      if (exits.keep()) traces?.handedOver();
    },
    close: (ending) => {
      if (ending === 'exit') exits.send();
      traces?.close();
      monitors.close(ending);
    },
  };
}

export function createContextManager(): ContextManager {
  return new AsyncLocalStorageContextManager().enable();
}

interface Part<P> {
  provider: P;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** What both parts are made with. */
interface Common {
  config: ResolvedConfig;
  resource: Resource;
  /** Of the names of files. */
  base: string;
  monitors: Monitors;
  exits: ExitDelivery;
  /** Aborted when the shutdown begins. */
  closing: AbortSignal;
}

function tracesPart(
  common: Common,
): (Part<TracerProvider> & { handedOver(): void; close(): void }) | undefined {
  const { config, resource, monitors, exits } = common;
  const { traces: destination } = config;
  const inner = traceExporter(destination, common);
  if (inner === undefined) return undefined;
  exits.watch('traces', destination, inner);
  const monitor = monitors.of(destination);
  const Exporter = isRequestBound() ? RequestBoundSpanExporter : BackgroundSpanExporter;
  const exporter = new Exporter(inner, monitor, config.maxQueueSize);
  const processor = new CountingBatchSpanProcessor(exporter, {
    scheduledDelayMillis: config.batchTimeoutMs,
    maxQueueSize: config.maxQueueSize,
    maxExportBatchSize: Math.min(config.maxExportBatchSize, config.maxQueueSize),
  });
  const provider = new NodeTracerProvider({
    resource,
    sampler: new SessionSampler(config.sampler),
    spanLimits: config.spanLimits,
    generalLimits: config.spanLimits,
    spanProcessors: [processor],
  });
  const forceFlush = async (): Promise<void> => {
    await provider.forceFlush();
    await exporter.forceFlush();
  };
  return {
    provider,
    forceFlush,
    shutdown: async () => {
      await forceFlush();
      await provider.shutdown();
    },
    handedOver: () => exporter.forget(),
    close: () => {
      // What ended and never reached the exporter was dropped from the processor's full queue.
      monitor.addLost(Math.max(0, processor.ended - exporter.received));
      monitor.addUnsure(exporter.pending);
    },
  };
}

function metricsPart(common: Common): (Part<MeterProvider> & { exportNow(): void }) | undefined {
  const { config, resource, monitors, exits } = common;
  const { metrics: destination } = config;
  const inner = metricExporter(destination, common);
  if (inner === undefined) return undefined;
  exits.watch('metrics', destination, inner);
  const Exporter = isRequestBound() ? RequestBoundMetricExporter : BackgroundMetricExporter;
  const exporter = new Exporter(inner, monitors.of(destination));
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: config.metricExportIntervalMs,
  });
  const provider = new SdkMeterProvider({ resource, readers: [reader] });
  return {
    provider,
    forceFlush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
    exportNow: () => {
      const metrics = collectNow(reader);
      if (metrics !== undefined) exporter.exportNow(metrics);
    },
  };
}

function traceExporter(
  destination: SignalDestination,
  { base, closing, monitors }: Common,
): SpanExporter | undefined {
  switch (destination.kind) {
    case 'otlp-http':
      return createOtlpTraceExporter(destination, closing, monitors.of(destination));
    case 'console':
      return createConsoleTraceExporter();
    case 'file':
      return createFileTraceExporter(recordingFile(destination.dir, base, 'traces'));
    case 'none':
      return undefined;
  }
}

function metricExporter(
  destination: SignalDestination,
  { config, base, closing, monitors }: Common,
): PushMetricExporter | undefined {
  switch (destination.kind) {
    case 'otlp-http':
      return createOtlpMetricExporter(destination, config.temporality, closing, monitors.of(destination));
    case 'console':
      return createConsoleMetricExporter();
    case 'file':
      return createFileMetricExporter(recordingFile(destination.dir, base, 'metrics'));
    case 'none':
      return undefined;
  }
}

/** A folder that is named may be an archive: nothing in it is too old. */
function recordingFile(dir: string | undefined, base: string, signal: 'traces' | 'metrics'): RotatingFile {
  const { maxAgeMs, maxBytes } = DEFAULT_RETENTION;
  const retention = { maxBytes, maxFiles: MAX_RECORDINGS, ...(dir === undefined && { maxAgeMs }) };
  return new RotatingFile({ dir: recordingDirOf(dir), base, signal, retention });
}

/** Weakest first: the SDK's defaults, the host, the server's own name, the environment, the configuration. */
function createResource(config: ResolvedConfig, identity: PipelineIdentity): Resource {
  const { told } = identity;
  const ownName = told?.then(({ name }) => name ?? identity.ownName) ?? identity.ownName;
  const ownVersion = told?.then(({ version }) => version ?? identity.ownVersion) ?? identity.ownVersion;
  return defaultResource()
    .merge(
      resourceFromAttributes({
        ...(mayDo({ name: 'sys', kind: 'hostname' }) && { [semconv.ATTR_HOST_NAME]: hostname() }),
        [semconv.ATTR_PROCESS_PID]: process.pid,
        ...(ownName !== undefined && { [semconv.ATTR_SERVICE_NAME]: ownName }),
        ...(ownVersion !== undefined && { [semconv.ATTR_SERVICE_VERSION]: ownVersion }),
      }),
    )
    .merge(resourceFromAttributes(config.environmentAttributes))
    .merge(
      resourceFromAttributes({
        ...(config.serverName !== undefined && { [semconv.ATTR_SERVICE_NAME]: config.serverName }),
        ...(config.serverVersion !== undefined && { [semconv.ATTR_SERVICE_VERSION]: config.serverVersion }),
        ...expressibleAttributes(config.resourceAttributes),
        [semconv.ATTR_SERVICE_INSTANCE_ID]: identity.processSessionId,
      }),
    );
}

/** `<service>-<start, UTC>-<pid>-<process session, cut>`: one name per manager of a process. */
function fileBase(resource: Resource, identity: PipelineIdentity): string {
  const { processSessionId, managerNumber } = identity;
  const named = nameOf(resource) ?? identity.ownName;
  const service = String(named)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+/, '')
    .slice(0, 64);
  const started = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const number = managerNumber === 0 ? '' : `-${managerNumber}`;
  return `${service || 'mcp-server'}-${started}-${process.pid}-${processSessionId.slice(0, 8)}${number}`;
}

/** `undefined` where the server has still to tell it. */
function nameOf(resource: Resource): string | undefined {
  const pairs = resource.getRawAttributes();
  const name = pairs.find(([key]) => key === semconv.ATTR_SERVICE_NAME)?.[1];
  return typeof name === 'string' ? name : undefined;
}
