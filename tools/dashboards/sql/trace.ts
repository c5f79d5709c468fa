import { SPANS } from './parts.ts';

/** What the plugin knows of a column of the exporter's table: what of a trace it is. */
const COLUMNS: Readonly<Record<string, string>> = {
  time: 'Timestamp',
  trace_id: 'TraceId',
  trace_span_id: 'SpanId',
  trace_parent_span_id: 'ParentSpanId',
  trace_service_name: 'ServiceName',
  trace_operation_name: 'SpanName',
  trace_duration_time: 'Duration',
  trace_tags: 'SpanAttributes',
  trace_service_tags: 'ResourceAttributes',
  trace_status_code: 'StatusCode',
  trace_kind: 'SpanKind',
  trace_status_message: 'StatusMessage',
  trace_state: 'TraceState',
};

/**
 * The query of a trace, of Grafana's plugin for ClickHouse: in the form of its builder, by which it follows the links
 * between spans to other traces, and with the SQL, which is what is run first. Ids of traces are hex digits, as the
 * exporter writes them.
 */
export function traceQuery(traceId: string): object {
  return {
    editorType: 'builder',
    queryType: 'traces',
    format: 3,
    rawSql: `SELECT ${Object.entries(PARTS)
      .map(([name, part]) => `${part} AS ${name}`)
      .join(', ')} FROM ${SPANS} WHERE TraceId = '${traceId}' LIMIT 1 BY SpanId`,
    builderOptions: {
      database: '',
      table: SPANS,
      queryType: 'traces',
      columns: Object.entries(COLUMNS).map(([hint, name]) => ({ hint, name })),
      filters: [],
      orderBy: [],
      meta: {
        minimized: true,
        isTraceIdMode: true,
        traceId,
        traceDurationUnit: 'nanoseconds',
        flattenNested: false,
        traceEventsColumnPrefix: 'Events',
        traceLinksColumnPrefix: 'Links',
      },
    },
  };
}

/** What Grafana's view of a trace takes, by its names. */
const PARTS: Readonly<Record<string, string>> = {
  traceID: 'TraceId',
  spanID: 'SpanId',
  parentSpanID: 'ParentSpanId',
  serviceName: 'ServiceName',
  operationName: 'SpanName',
  startTime: 'toUnixTimestamp64Micro(Timestamp) / 1000',
  duration: 'Duration / 1000000',
  kind: 'SpanKind',
  statusCode: "if(StatusCode = 'Error', 2, 0)",
  statusMessage: 'StatusMessage',
  traceState: 'TraceState',
  tags: pairsOf('SpanAttributes'),
  serviceTags: pairsOf('ResourceAttributes'),
  logs: tuples(
    { name: 'Events.Name', timestamp: 'Events.Timestamp', fields: 'Events.Attributes' },
    `(name, toString(toUnixTimestamp64Milli(timestamp)), ${pairsOf('fields')})`,
    'name String, timestamp String, fields Array(Map(String, String))',
  ),
  references: tuples(
    { trace: 'Links.TraceId', span: 'Links.SpanId', tags: 'Links.Attributes' },
    `(trace, span, ${pairsOf('tags')})`,
    'traceID String, spanID String, tags Array(Map(String, String))',
  ),
};

function pairsOf(map: string): string {
  return `arrayMap(k -> map('key', k, 'value', ${map}[k]), mapKeys(${map}))`;
}

/** An array of tuples, from arrays of the same length. */
function tuples(arrays: Readonly<Record<string, string>>, tuple: string, type: string): string {
  const names = Object.keys(arrays).join(', ');
  return `arrayMap((${names}) -> ${tuple}::Tuple(${type}), ${Object.values(arrays).join(', ')})`;
}
