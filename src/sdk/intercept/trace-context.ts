import {
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import { isRecord, type JsonRpcRequest } from '../protocol/json-rpc.ts';
import { NO_META } from '../protocol/meta.ts';

type Meta = Readonly<Record<string, unknown>>;

/** A message that came in an HTTP request. */
interface Sent {
  readonly meta: Meta;
  header(name: string): string | undefined;
}

/** What is read comes from the client: only strings of sane length count. */
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
  return guard('the propagator', () =>
    carries(meta, propagator) ? propagator.extract(trace.deleteSpan(base), meta, getter) : undefined,
  );
}

/**
 * The same, where `_meta` names no span: what the headers of the HTTP request carry, and on top of it what `_meta` carries
 * beside. `undefined` where the headers carry nothing.
 */
export function extractSent(sent: Sent, base: Context, propagator: TextMapPropagator): Context | undefined {
  return guard('the propagator', () => {
    const headers: Record<string, string> = {};
    for (const field of propagator.fields()) {
      const value = sent.header(field.toLowerCase());
      if (value !== undefined) headers[field] = value;
    }
    for (const _ in headers) {
      const carried = propagator.extract(trace.deleteSpan(base), headers, getter);
      return carries(sent.meta, propagator) ? propagator.extract(carried, sent.meta, getter) : carried;
    }
    return undefined;
  });
}

/**
 * A copy of `message` whose `_meta` carries the trace context. What the sender put there itself stays. What writes itself, by a
 * `toJSON`, goes out as it is: no copy would say the same.
 */
export function withTraceContext(
  message: JsonRpcRequest,
  span: Context,
  propagator: TextMapPropagator,
): unknown {
  const { params = {} } = message;
  if (!isRecord(params)) return message;
  const given = params['_meta'];
  if (given !== undefined && !isRecord(given)) return message;
  if (writesItself(message) || writesItself(params) || writesItself(given)) return message;
  const injected: Record<string, unknown> = {};
  guard('the propagator', () => propagator.inject(span, injected, setter));
  for (const _ in injected) {
    // Not `{ ...params, _meta }`: a member more than what is spread takes V8 half a microsecond.
    const { ...carrying } = params;
    // Spread, for to assign a `__proto__` of theirs would set the prototype.
    carrying['_meta'] = given === undefined ? injected : { ...injected, ...given };
    const { ...copy } = message;
    copy.params = carrying;
    return copy;
  }
  return message;
}

function writesItself(value: unknown): boolean {
  return typeof (value as { toJSON?: unknown } | undefined)?.toJSON === 'function';
}

function carries(meta: Meta, propagator: TextMapPropagator): boolean {
  return meta !== NO_META && propagator.fields().some((field) => typeof meta[field] === 'string');
}
