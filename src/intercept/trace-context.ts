import {
  type Context,
  isSpanContextValid,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { isRecord, type JsonRpcRequest } from '../protocol/json-rpc.ts';
import { metaOf } from '../protocol/meta.ts';

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

/** The context whose span is the sender's, where `_meta` names one. Source: MCP specification, `_meta` trace context. */
export function extractRemote(meta: Meta, base: Context, propagator: TextMapPropagator): Context | undefined {
  if (!propagator.fields().some((field) => typeof meta[field] === 'string')) return undefined;
  const extracted = propagator.extract(trace.deleteSpan(base), meta, getter);
  const remote = trace.getSpanContext(extracted);
  return remote !== undefined && isSpanContextValid(remote) ? extracted : undefined;
}

/** A copy of `message` whose `_meta` carries the trace context. What the server put there itself stays. */
export function withTraceContext(
  message: JsonRpcRequest,
  span: Context,
  propagator: TextMapPropagator,
): unknown {
  const injected: Record<string, unknown> = {};
  propagator.inject(span, injected, setter);
  for (const _ in injected) {
    const params = isRecord(message.params) ? message.params : {};
    return { ...message, params: { ...params, _meta: { ...injected, ...metaOf(params) } } };
  }
  return message;
}
