import { propagation, type TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import type { ResolvedConfig } from '../config/resolve.ts';

/** The propagator for `_meta`: the configured one, else the application's global one, else W3C. */
export function choosePropagator(config: ResolvedConfig): TextMapPropagator {
  if (config.propagator !== undefined) return config.propagator;
  if (propagation.fields().length > 0) return propagation;
  const chosen: TextMapPropagator[] = [];
  if (config.propagators.includes('tracecontext')) chosen.push(new W3CTraceContextPropagator());
  if (config.propagators.includes('baggage')) chosen.push(new W3CBaggagePropagator());
  return new CompositePropagator({ propagators: chosen });
}
