import {
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import { isRecord, type JsonRpcRequest } from '../protocol/json-rpc.ts';
import { metaOf, NO_META } from '../protocol/meta.ts';

type Meta = Readonly<Record<string, unknown>>;

/** `_meta` comes from the client: only strings of sane length count. */
const getter: TextMapGetter<Meta> = {
  keys: (meta) => Object.keys(meta),
  get: (meta, key) => {
    const value = meta[key];
    return typeof value === 'string' && value.length <= 8192 ? value : undefined;
  },
};

const setter: TextMapSetter<Record<string, unknown>> = {
  set: (meta, key, value) => {
    meta[key] = value;
  },
};

/**
 * What `_meta` carries of its sender, on top of `base`: its span, in the place of the one in `base`, and its baggage.
 * `undefined` where it carries nothing. Source: MCP specification, `_meta` trace context.
 */
export function extractRemote(meta: Meta, base: Context, propagator: TextMapPropagator): Context | undefined {
  if (meta === NO_META) return undefined;
  return guard('the propagator', () =>
    propagator.fields().some((field) => typeof meta[field] === 'string')
      ? propagator.extract(trace.deleteSpan(base), meta, getter)
      : undefined,
  );
}

/** A copy of `message` whose `_meta` carries the trace context. What the server put there itself stays. */
export function withTraceContext(
  message: JsonRpcRequest,
  span: Context,
  propagator: TextMapPropagator,
): unknown {
  const { params = {} } = message;
  if (!isRecord(params) || !(params['_meta'] === undefined || isRecord(params['_meta']))) return message;
  const injected: Record<string, unknown> = {};
  guard('the propagator', () => propagator.inject(span, injected, setter));
  for (const _ in injected) {
    return { ...message, params: { ...params, _meta: { ...injected, ...metaOf(params) } } };
  }
  return message;
}
