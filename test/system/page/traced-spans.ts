import { attributesOf, nanos, type Value } from './spans.ts';

/** A span with a place in a trace. */
export interface TracedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  /** 1: of the code itself, 2: received, 3: sent. */
  readonly kind?: 1 | 2 | 3;
  readonly startMs: number;
  readonly lastsMs: number;
  readonly attributes?: Readonly<Record<string, Value>>;
  /** The stack of an exception that was recorded on it. */
  readonly stack?: string;
  readonly isFailed?: boolean;
}

/** A line of OTLP JSON with spans of one service. */
export function lineOf(service: string, spans: readonly TracedSpan[]): string {
  const attributes = attributesOf({ 'service.name': service, 'service.instance.id': `one-of-${service}` });
  return `${JSON.stringify({
    resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: spans.map(spanOf) }] }],
  })}\n`;
}

function spanOf(span: TracedSpan): object {
  const { name, traceId, spanId, parent, kind = 1, startMs, lastsMs, attributes = {}, stack } = span;
  return {
    traceId,
    spanId,
    ...(parent !== undefined && { parentSpanId: parent }),
    name,
    kind,
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(startMs + lastsMs),
    attributes: attributesOf(attributes),
    status: span.isFailed === true ? { code: 2 } : {},
    ...(stack !== undefined && { events: [exceptionOf(stack, startMs + lastsMs)] }),
  };
}

function exceptionOf(stack: string, timeMs: number): object {
  const attributes = {
    'exception.type': 'Error',
    'exception.message': 'refused',
    'exception.stacktrace': stack,
  };
  return { name: 'exception', timeUnixNano: nanos(timeMs), attributes: attributesOf(attributes) };
}

/** A request that a server received of a session. */
export function callOf(
  id: string,
  tool: string,
  n: number,
): Pick<TracedSpan, 'name' | 'kind' | 'attributes'> {
  return {
    name: `tools/call ${tool}`,
    kind: 2,
    attributes: {
      'mcp.client.session.id': id,
      'mcp.client.session.source': 'connection',
      'mcp.client.name': 'travel-agent',
      'mcp.client.version': '2.1.0',
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': tool,
      'mcp.request.id': `request-${n}`,
      'jsonrpc.request.id': String(n),
    },
  };
}

/** An id of so many hexadecimal digits. */
export function hexId(n: number, digits: 16 | 32): string {
  return n.toString(16).padStart(digits, '0');
}
