import {
  context,
  createContextKey,
  createNoopMeter,
  type Meter,
  type MeterProvider,
  metrics,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import type { ResolvedConfig } from '../config/resolve.ts';
import { guard } from '../diagnostics/guard.ts';
import { logLine } from '../diagnostics/log.ts';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.ts';
import type { Ending } from './export-monitor.ts';
import { loadSdk } from './load-sdk.cjs';
import type { Pipeline } from './pipeline.ts';
import type { PipelineIdentity } from './sdk.ts';

/** Where spans and data points are made. */
export interface Providers {
  tracer: Tracer;
  meter: Meter;
  enabled: { spans: boolean; metrics: boolean };
  /** Behind the meter; `undefined` where no data points are made. */
  meterProvider: MeterProvider | undefined;
  /** Exports what was recorded; the application's own providers are flushed too. */
  forceFlush(): Promise<void>;
  /** The shutdown has begun. */
  closing(): void;
  /** Ends our own SDK. The application's providers are flushed and left running: they are not ours. */
  shutdown(): Promise<void>;
  /** The process exits: what is undelivered is kept for who outlives it, and sent by `close`. Without waiting. */
  keep(): void;
  close(ending: Ending): void;
}

/** The application's providers where there are any, else an SDK of our own that is not registered globally. */
export function createProviders(config: ResolvedConfig, identity: PipelineIdentity): Providers {
  if (config.disabled) return fromPipeline(NO_PIPELINE);
  const application = applicationProviders(config);
  if (application !== undefined) {
    guard('setting a context manager', ensureContextManager);
    return fromApplication(config, application);
  }
  if (config.traces.kind === 'none' && config.metrics.kind === 'none') return fromPipeline(NO_PIPELINE);
  const pipeline = guard('starting OpenTelemetry', () => {
    ensureContextManager();
    return loadSdk().createPipeline(config, identity);
  });
  return fromPipeline(pipeline ?? NO_PIPELINE);
}

interface ApplicationProviders {
  tracerProvider: TracerProvider;
  meterProvider: MeterProvider;
}

const NO_PIPELINE: Pipeline = {
  tracerProvider: undefined,
  meterProvider: undefined,
  forceFlush: async () => {},
  closing: () => {},
  shutdown: async () => {},
  keep: () => {},
  close: () => {},
};

function fromPipeline(pipeline: Pipeline): Providers {
  return {
    tracer: tracerOf(pipeline.tracerProvider),
    meter: meterOf(pipeline.meterProvider),
    enabled: { spans: pipeline.tracerProvider !== undefined, metrics: pipeline.meterProvider !== undefined },
    meterProvider: pipeline.meterProvider,
    forceFlush: () => pipeline.forceFlush(),
    closing: () => pipeline.closing(),
    shutdown: () => pipeline.shutdown(),
    keep: () => pipeline.keep(),
    close: (ending) => pipeline.close(ending),
  };
}

function fromApplication(
  config: ResolvedConfig,
  { tracerProvider, meterProvider }: ApplicationProviders,
): Providers {
  const spans = config.enableTracing;
  const flush = async (): Promise<void> => {
    const flushed = await Promise.allSettled([flushOf(tracerProvider), flushOf(meterProvider)]);
    for (const each of flushed) if (each.status === 'rejected') throw each.reason;
  };
  return {
    tracer: tracerOf(spans ? tracerProvider : undefined),
    meter: meterOf(config.enableMetrics ? meterProvider : undefined),
    enabled: { spans, metrics: config.enableMetrics },
    meterProvider: config.enableMetrics ? meterProvider : undefined,
    forceFlush: flush,
    closing: () => {},
    shutdown: flush,
    keep: () => {},
    close: () => {},
  };
}

function applicationProviders(config: ResolvedConfig): ApplicationProviders | undefined {
  const globalTracer = hasGlobalTracerProvider();
  const globalMeter = hasGlobalMeterProvider();
  const given = config.tracerProvider !== undefined || config.meterProvider !== undefined;
  if (!given && !globalTracer && !globalMeter) return undefined;
  if (!given && config.exporterGiven) {
    logLine(
      'the application registered OpenTelemetry providers: they are used, exporter options are ignored',
    );
  }
  return {
    tracerProvider: config.tracerProvider ?? trace.getTracerProvider(),
    meterProvider: config.meterProvider ?? metrics.getMeterProvider(),
  };
}

function hasGlobalTracerProvider(): boolean {
  const provider = trace.getTracerProvider() as TracerProvider & { getDelegate?(): object };
  const delegate = provider.getDelegate?.() ?? provider;
  return delegate.constructor !== new ProxyTracerProvider().getDelegate().constructor;
}

function hasGlobalMeterProvider(): boolean {
  return meterOf(metrics.getMeterProvider()).constructor !== createNoopMeter().constructor;
}

/** Without a context manager no span could be active in a handler. One that the application registered is kept. */
function ensureContextManager(): void {
  const probe = createContextKey('mcp-sessionscope probe');
  const works = context.with(
    ROOT_CONTEXT.setValue(probe, true),
    () => context.active().getValue(probe) === true,
  );
  if (!works) context.setGlobalContextManager(loadSdk().createContextManager());
}

function tracerOf(provider: TracerProvider | undefined): Tracer {
  return (provider ?? new ProxyTracerProvider().getDelegate()).getTracer(PACKAGE_NAME, PACKAGE_VERSION);
}

function meterOf(provider: MeterProvider | undefined): Meter {
  return provider === undefined ? createNoopMeter() : provider.getMeter(PACKAGE_NAME, PACKAGE_VERSION);
}

async function flushOf(provider: object): Promise<void> {
  const delegate: object = (provider as { getDelegate?(): object }).getDelegate?.() ?? provider;
  const flush: unknown = Reflect.get(delegate, 'forceFlush');
  if (typeof flush === 'function') await flush.call(delegate);
}
