import {
  createNoopMeter,
  type MeterProvider,
  metrics,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanKind,
  TraceFlags,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.ts';

/** What the application has registered with the OpenTelemetry API, by signal; `undefined` where there is nothing. */
export interface GlobalProviders {
  traces: TracerProvider | undefined;
  metrics: MeterProvider | undefined;
}

export function globalProviders(): GlobalProviders {
  const tracers = delegateOf(trace.getTracerProvider());
  const meters = metrics.getMeterProvider();
  const hasMeters = meters.getMeter(PACKAGE_NAME).constructor !== createNoopMeter().constructor;
  return {
    traces: tracers.constructor === new ProxyTracerProvider().getDelegate().constructor ? undefined : tracers,
    metrics: hasMeters ? meters : undefined,
  };
}

/** Whom the API's own provider stands for. */
export function delegateOf<P extends object>(provider: P): P {
  return (provider as { getDelegate?(): P }).getDelegate?.() ?? provider;
}

/**
 * Why nothing would arrive anywhere; `undefined` where it would, as far as one can see. Providers do not tell, so this
 * looks at what those of OpenTelemetry's SDKs hold inside; nothing is recorded for it and nothing is exported.
 */
export function tracesProblem(provider: TracerProvider): string | undefined {
  if (!records(provider.getTracer(PACKAGE_NAME, PACKAGE_VERSION))) return 'records nothing';
  return hasProcessors(provider) ? undefined : 'exports nothing';
}

export function metricsProblem(provider: MeterProvider): string | undefined {
  const state = inside(provider, '_sharedState');
  const collectors = state === undefined ? undefined : inside(state, 'metricCollectors');
  return Array.isArray(collectors) && collectors.length === 0 ? 'exports nothing' : undefined;
}

/** A sender that was sampled, in the trace that every sampler by ratio keeps first: none but a sampler that keeps nothing says no. */
const SAMPLED = {
  traceId: '00000000000000000000000000000001',
  spanId: '0000000000000001',
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
};
/** OpenTelemetry's own samplers, as they describe themselves: one that keeps nothing was asked to. */
const STANDARD_SAMPLER = /^(AlwaysOn|AlwaysOff|TraceIdRatioBased|ParentBased)/;
const NOT_RECORDED = 0;

interface Sampler {
  shouldSample(...of: unknown[]): { decision: number };
}

function records(tracer: Tracer): boolean {
  const parent = trace.setSpanContext(ROOT_CONTEXT, SAMPLED);
  const sampler = inside(tracer, '_sampler') as Sampler | undefined;
  if (typeof sampler?.shouldSample !== 'function') {
    // Never ended, so that it is never exported.
    return tracer.startSpan('tools/call', { kind: SpanKind.SERVER }, parent).isRecording();
  }
  if (STANDARD_SAMPLER.test(String(sampler))) return true;
  const { decision } = sampler.shouldSample(parent, SAMPLED.traceId, 'tools/call', SpanKind.SERVER, {}, []);
  return decision !== NOT_RECORDED;
}

/** SDK 2 has one processor for all; SDK 1 has a list beside one that does nothing. */
function hasProcessors(provider: TracerProvider): boolean {
  const all = inside(provider, '_activeSpanProcessor') ?? inside(provider, 'activeSpanProcessor');
  if (all === undefined) return true;
  if (all.constructor.name === 'NoopSpanProcessor') return false;
  const each = inside(all, '_spanProcessors');
  return !Array.isArray(each) || each.length > 0;
}

function inside(holder: object, name: string): object | undefined {
  const value: unknown = Reflect.get(holder, name);
  return typeof value === 'object' && value !== null ? value : undefined;
}
