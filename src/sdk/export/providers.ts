import {
  context,
  createNoopMeter,
  type Meter,
  type MeterProvider,
  ProxyTracerProvider,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import type { ResolvedConfig } from '../config/resolve.ts';
import { guard } from '../diagnostics/guard.ts';
import type { Service } from '../session-ids.ts';
import { handsContextsOn } from '../signals/active-context.ts';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.ts';
import { sayRefusedContext } from './api-registry.ts';
import { type Chosen, chooseProviders } from './choose-providers.ts';
import type { Ending } from './export-monitor.ts';
import { delegateOf } from './global-providers.ts';
import { loadSdk } from './load-sdk.cjs';
import type { Pipeline } from './pipeline.ts';
import type { PipelineIdentity } from './sdk.ts';
import { serviceOf } from './service-of.ts';

/** Where spans and data points are made. */
export interface Providers {
  tracer: Tracer;
  meter: Meter;
  enabled: { spans: boolean; metrics: boolean };
  /** Whose spans they are. */
  service: Service;
  /** Behind the meter; `undefined` where no data points are made. */
  meterProvider: MeterProvider | undefined;
  /** Whether the application's spans go elsewhere: its sampling says nothing about ours, and they do not hang below ours. */
  apart: boolean;
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

/**
 * By signal the application's provider, or one of an SDK of our own that is not registered globally.
 *
 * @param isUnasked - nobody has asked for it in code: an SDK that the application starts later finds all as without us
 */
export function createProviders(
  config: ResolvedConfig,
  identity: PipelineIdentity,
  isUnasked: boolean,
): Providers {
  const own: Service = { namespace: undefined, name: config.serverName ?? identity.ownName };
  if (config.disabled) return combined({}, config, NO_PIPELINE, own);
  const chosen = guard('looking for providers', () => chooseProviders(config, isUnasked)) ?? {};
  const pipeline = createPipeline(config, chosen, identity, isUnasked) ?? NO_PIPELINE;
  return combined(chosen, config, pipeline, own);
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

/** Of our own SDK, what the application does not bring. */
function createPipeline(
  config: ResolvedConfig,
  chosen: Chosen,
  identity: PipelineIdentity,
  isUnasked: boolean,
): Pipeline | undefined {
  const none = { kind: 'none' } as const;
  const own = {
    ...config,
    traces: chosen.traces === undefined ? config.traces : none,
    metrics: chosen.metrics === undefined ? config.metrics : none,
  };
  const isNeeded = own.traces.kind !== 'none' || own.metrics.kind !== 'none';
  if (!isNeeded && chosen.traces === undefined && chosen.metrics === undefined) return undefined;
  return guard('starting OpenTelemetry', () => {
    // The API takes one version in a process, that of the first who sets anything: the application has its turn.
    if (!isUnasked) ensureContextManager();
    return isNeeded ? loadSdk().createPipeline(own, identity) : undefined;
  });
}

function combined(chosen: Chosen, config: ResolvedConfig, pipeline: Pipeline, own: Service): Providers {
  // What the application's providers are not to get, they are not asked for.
  const tracerProvider =
    chosen.traces === undefined ? pipeline.tracerProvider : config.enableTracing ? chosen.traces : undefined;
  const meterProvider =
    chosen.metrics === undefined ? pipeline.meterProvider : config.enableMetrics ? chosen.metrics : undefined;
  const application = [chosen.traces, chosen.metrics].filter((each) => each !== undefined);
  const flushed = async (own: Promise<void>): Promise<void> => {
    const all = await Promise.allSettled([own, ...application.map(flushOf)]);
    for (const each of all) if (each.status === 'rejected') throw each.reason;
  };
  return {
    tracer: tracerOf(tracerProvider),
    meter: meterOf(meterProvider),
    enabled: { spans: tracerProvider !== undefined, metrics: meterProvider !== undefined },
    service: serviceOf(tracerProvider) ?? own,
    meterProvider,
    apart: chosen.apart === true,
    forceFlush: () => flushed(pipeline.forceFlush()),
    closing: () => pipeline.closing(),
    shutdown: () => flushed(pipeline.shutdown()),
    keep: () => pipeline.keep(),
    close: (ending) => pipeline.close(ending),
  };
}

/** Without a context manager no span could be active in a handler. One that the application registered is kept. */
function ensureContextManager(): void {
  if (!handsContextsOn() && !context.setGlobalContextManager(loadSdk().createContextManager()))
    sayRefusedContext();
}

function tracerOf(provider: TracerProvider | undefined): Tracer {
  return (provider ?? new ProxyTracerProvider().getDelegate()).getTracer(PACKAGE_NAME, PACKAGE_VERSION);
}

function meterOf(provider: MeterProvider | undefined): Meter {
  return provider === undefined ? createNoopMeter() : provider.getMeter(PACKAGE_NAME, PACKAGE_VERSION);
}

async function flushOf(provider: object): Promise<void> {
  const delegate = delegateOf(provider);
  const flush: unknown = Reflect.get(delegate, 'forceFlush');
  if (typeof flush === 'function') await flush.call(delegate);
}
