/** A process that sends spans. */
export interface Server {
  readonly name: string;
  readonly instance: string;
  readonly resource: Readonly<Record<string, string>>;
}

/** A span in OTLP JSON, as far as it is read here. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: OtlpValue }[];
  readonly status: { readonly code: number };
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number;
  readonly arrayValue?: { readonly values: readonly { readonly stringValue: string }[] };
}

/** A row of the exporter's table, in the format JSONEachRow. */
export type SpanRow = Readonly<Record<string, unknown>>;

const KINDS = ['Unspecified', 'Internal', 'Server', 'Client'];
const STATUSES = ['Unset', 'Ok', 'Error'];

/**
 * What the Collector's exporter writes of a span: values of attributes are text, lists are JSON. A session's spans hang
 * below its start, and a failed call has its exception.
 */
export function rowOf(span: OtlpSpan, start: OtlpSpan, { name, instance, resource }: Server): SpanRow {
  const attributes: Record<string, string> = {};
  for (const { key, value } of span.attributes) attributes[key] = textOf(value);
  attributes['mcp.session.id'] = instance;
  attributes['user_agent.original'] = `${attributes['mcp.client.name']}/${attributes['mcp.client.version']}`;
  const error = attributes['error.type'];
  const failures = error === undefined ? [] : [error];
  return {
    Timestamp: timeOf(span.startTimeUnixNano),
    TraceId: span.traceId,
    SpanId: span.spanId,
    ParentSpanId: span === start ? '' : start.spanId,
    SpanName: span.name,
    SpanKind: KINDS[span.kind],
    ServiceName: name,
    ResourceAttributes: resource,
    ScopeName: 'mcp-sessionscope',
    ScopeVersion: '0.1.0',
    SpanAttributes: attributes,
    Duration: String(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)),
    StatusCode: STATUSES[span.status.code],
    'Events.Timestamp': failures.map(() => timeOf(span.endTimeUnixNano)),
    'Events.Name': failures.map(() => 'exception'),
    'Events.Attributes': failures.map((type) => ({
      'exception.type': type,
      'exception.message': `the service behind ${attributes['gen_ai.tool.name']} answered 503 to ${attributes['mcp.request.id']}`,
    })),
  };
}

function textOf({ stringValue, intValue, arrayValue }: OtlpValue): string {
  if (arrayValue !== undefined) return JSON.stringify(arrayValue.values.map((each) => each.stringValue));
  return stringValue ?? String(intValue);
}

/** Seconds, with nanoseconds behind the point. */
function timeOf(nanos: string): string {
  return `${nanos.slice(0, -9)}.${nanos.slice(-9)}`;
}
