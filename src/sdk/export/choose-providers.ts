import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api';
import type { ResolvedConfig } from '../config/resolve.ts';
import { logOnce } from '../diagnostics/log.ts';
import { sayUnseenProviders } from './api-registry.ts';
import { type GlobalProviders, globalProviders, metricsProblem, tracesProblem } from './global-providers.ts';

/** The application's providers that are used; a signal without one is left to an SDK of our own. */
export interface Chosen {
  traces?: TracerProvider | undefined;
  metrics?: MeterProvider | undefined;
  /**
   * Spans of the application go elsewhere: it has registered a tracer provider that is not used, or has still to. What it leaves
   * out says nothing about our spans, and its spans do not hang below ours.
   */
  apart?: boolean;
}

/**
 * Providers that are given come first. Of those that the application has registered, each gives way to a place that the
 * code names for its signal, and to one that the environment names, or the default, if nothing would leave the provider.
 *
 * @param isUnasked - nobody has asked for it in code: an SDK that the application starts later is not ours to reach into
 */
export function chooseProviders(config: ResolvedConfig, isUnasked: boolean): Chosen {
  const { tracerProvider, meterProvider } = config;
  if (tracerProvider === undefined && meterProvider === undefined) {
    const chosen = chooseRegistered(config, isUnasked);
    return isUnasked ? { ...chosen, apart: chosen.traces === undefined } : chosen;
  }
  return {
    traces: tracerProvider ?? trace.getTracerProvider(),
    metrics: meterProvider ?? metrics.getMeterProvider(),
  };
}

/** What may surprise about the providers that are in use: a place is named, and the application has registered some. */
export function linesAboutProviders(config: ResolvedConfig): string[] {
  return linesOf(decisionsOf(config, globalProviders()));
}

function chooseRegistered(config: ResolvedConfig, isUnasked: boolean): Chosen {
  const isPlaceNamed = config.named.traces === 'variable' && config.named.metrics === 'variable';
  // Who has two copies by `register` alone, and names a place, wants nothing of those.
  if (!isUnasked || !isPlaceNamed) sayUnseenProviders();
  const registered = globalProviders();
  if (registered.traces === undefined && registered.metrics === undefined) return {};
  const decisions = decisionsOf(config, registered);
  for (const line of linesOf(decisions)) logOnce(line);
  return {
    traces: decisions.traces.isUsed ? trace.getTracerProvider() : undefined,
    metrics: decisions.metrics.isUsed ? metrics.getMeterProvider() : undefined,
    apart: registered.traces !== undefined && !decisions.traces.isUsed,
  };
}

function decisionsOf({ named }: ResolvedConfig, registered: GlobalProviders): Decisions {
  const traces = decide(named.traces, registered.traces, tracesProblem);
  const metrics = decide(named.metrics, registered.metrics, metricsProblem);
  const usesRegistered = [traces, metrics].some(({ isUsed, provider }) => isUsed && provider !== undefined);
  // An application that brings one signal has decided about the other; one whose only provider drops all has not.
  return usesRegistered ? { traces, metrics } : { traces: unused(traces), metrics: unused(metrics) };
}

function unused(decision: Decision): Decision {
  return { ...decision, isUsed: false };
}

type Decisions = Record<'traces' | 'metrics', Decision>;

interface Decision {
  isUsed: boolean;
  /** What may surprise; `undefined` where nobody named a place. */
  reason?: string;
  /** The class of the provider. */
  provider?: string;
}

function decide<P extends object>(
  by: ResolvedConfig['named']['traces'],
  provider: P | undefined,
  problemOf: (provider: P) => string | undefined,
): Decision {
  if (provider === undefined) return { isUsed: by === 'nobody' };
  const about = { provider: provider.constructor.name };
  if (by === 'code' || by === 'variable') {
    const reason =
      by === 'code'
        ? 'go where the code says, not to the provider that the application registered'
        : 'go where MCP_SESSIONSCOPE_EXPORTER_TYPE says, not to the provider that the application registered';
    return { ...about, isUsed: false, reason };
  }
  const problem = problemOf(provider);
  if (problem !== undefined) {
    const reason =
      by === 'nobody'
        ? `go to the default endpoint: the provider that the application registered ${problem}`
        : `go where the environment says: the provider that the application registered ${problem}`;
    return { ...about, isUsed: false, reason };
  }
  if (by === 'nobody') return { ...about, isUsed: true };
  return {
    ...about,
    isUsed: true,
    reason:
      'go to the provider that the application registered, and from there where that sends them; to send them to an endpoint of their own, set exporterEndpoint in code',
  };
}

/** One line for signals that are treated alike. */
function linesOf(decisions: Decisions): string[] {
  const signals = new Map<string, string[]>();
  for (const [signal, { reason, provider }] of Object.entries(decisions)) {
    if (reason !== undefined)
      signals.set(reason, [...(signals.get(reason) ?? []), `${signal} (${provider})`]);
  }
  return [...signals].map(([reason, names]) => `${names.join(' and ')} ${reason}`);
}
