import type { MadeSpan } from './session.ts';

/** Of the spans, those within which a line is logged: one in so many. */
const EVERY = 10;

/** The log lines that a server writes within some spans, in one line of OTLP JSON, and how many they are. */
export function logsOf(spans: readonly MadeSpan[]): { line: string; count: number } {
  const logRecords = spans.filter((_, i) => i % EVERY === 0).map(recordOf);
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'bench' } }] };
  const line = JSON.stringify({
    resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'orders' }, logRecords }] }],
  });
  return { line: `${line}\n`, count: logRecords.length };
}

function recordOf({ json }: MadeSpan, i: number): object {
  const { traceId, spanId, endTimeUnixNano } = json as Record<string, string>;
  const isError = i % 20 === 0;
  return {
    timeUnixNano: endTimeUnixNano,
    observedTimeUnixNano: endTimeUnixNano,
    severityNumber: isError ? 17 : 9,
    severityText: isError ? 'ERROR' : 'INFO',
    body: { stringValue: `order ${i} of the customer was looked up in the warehouse` },
    attributes: [
      { key: 'order.id', value: { intValue: i } },
      { key: 'warehouse', value: { stringValue: 'north' } },
    ],
    flags: 1,
    traceId,
    spanId,
  };
}
