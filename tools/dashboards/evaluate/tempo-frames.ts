import type { DataFrame, Field, FieldConfig } from '@grafana/data';
import { grafana } from './grafana.ts';

/**
 * How whole numbers arrive: `numbers` from the data source of a current Grafana, `text` from earlier ones and from
 * streamed searches. The rows of a panel must be the same.
 */
export type Integers = 'numbers' | 'text';

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: string; doubleValue?: number; boolValue?: boolean };
}

interface SpanSet {
  attributes?: Attribute[];
  spans: {
    spanID: string;
    name?: string;
    startTimeUnixNano: string;
    durationNanos: string;
    attributes?: Attribute[];
  }[];
}

interface SearchResponse {
  traces?: {
    traceID: string;
    rootServiceName?: string;
    rootTraceName?: string;
    startTimeUnixNano: string;
    durationMs?: number;
    spanSets?: SpanSet[];
    spanSet?: SpanSet;
  }[];
}

const { FieldType } = grafana;
const NANOS_PER_MS = 1e6;
const HIDDEN: FieldConfig = { custom: { hideFrom: { viz: true } } };

/** The frame of a TraceQL search shown as spans: a row per span, newest trace first. */
export function spansFrame(response: SearchResponse, refId: string, integers: Integers): DataFrame {
  const rows = newestFirst(response).flatMap((trace) =>
    setsOf(trace).flatMap((set) =>
      set.spans.map((span) => ({
        trace,
        span,
        values: valuesOf([...(set.attributes ?? []), ...(span.attributes ?? [])], integers),
      })),
    ),
  );
  const names = [...new Set(rows.flatMap(({ values }) => [...values.keys()]))].sort();
  const hasNames = rows.some(({ span }) => span.name !== undefined && span.name !== '');
  return frameOf('Spans', refId, [
    field(
      'traceIdHidden',
      rows.map(({ trace }) => trace.traceID),
      HIDDEN,
    ),
    field(
      'traceService',
      rows.map(({ trace }) => trace.rootServiceName ?? ''),
      named('Trace Service'),
    ),
    field(
      'traceName',
      rows.map(({ trace }) => trace.rootTraceName ?? ''),
      named('Trace Name'),
    ),
    field(
      'spanID',
      rows.map(({ span }) => span.spanID),
      { ...named('Span ID'), unit: 'string' },
    ),
    timeField(
      rows.map(({ span }) => span.startTimeUnixNano),
      integers,
    ),
    field(
      'name',
      rows.map(({ span }) => span.name ?? ''),
      hasNames ? named('Name') : HIDDEN,
    ),
    ...names.map((name) => {
      const values = rows.map((row) => row.values.get(name) ?? null);
      return field(name, values, named(name), typeOf(values));
    }),
    field(
      'duration',
      rows.map(({ span }) => Number(span.durationNanos)),
      { ...named('Duration'), unit: 'ns' },
      FieldType.number,
    ),
  ]);
}

/** The frame of a TraceQL search shown as traces: a row per trace, newest first. Nested rows are left out. */
export function tracesFrame(response: SearchResponse, refId: string): DataFrame {
  const traces = newestFirst(response);
  return frameOf('Traces', refId, [
    field(
      'traceID',
      traces.map(({ traceID }) => traceID),
      { ...named('Trace ID'), unit: 'string' },
    ),
    field(
      'startTime',
      traces.map((trace) => millis(trace.startTimeUnixNano)),
      named('Start time'),
      FieldType.time,
    ),
    field(
      'traceService',
      traces.map(({ rootServiceName }) => rootServiceName ?? ''),
      named('Service'),
    ),
    field(
      'traceName',
      traces.map(({ rootTraceName }) => rootTraceName ?? ''),
      named('Name'),
    ),
    field(
      'traceDuration',
      traces.map(({ durationMs }) => durationMs ?? null),
      { ...named('Duration'), unit: 'ms', noValue: '<1 ms' },
      FieldType.number,
    ),
  ]);
}

function newestFirst(response: SearchResponse): NonNullable<SearchResponse['traces']> {
  const start = ({ startTimeUnixNano }: { startTimeUnixNano: string }): number => millis(startTimeUnixNano);
  return [...(response.traces ?? [])].sort((a, b) => start(b) - start(a));
}

const setsOf = ({ spanSets, spanSet }: { spanSets?: SpanSet[]; spanSet?: SpanSet }): SpanSet[] =>
  spanSets ?? (spanSet === undefined ? [] : [spanSet]);

function valuesOf(attributes: Attribute[], integers: Integers): Map<string, unknown> {
  return new Map(
    attributes.map(({ key, value }) => {
      if (value.intValue !== undefined) {
        return [key, integers === 'text' ? String(value.intValue) : Number(value.intValue)];
      }
      return [key, value.stringValue ?? value.doubleValue ?? value.boolValue ?? null];
    }),
  );
}

function typeOf(values: unknown[]) {
  const first = values.find((value) => value !== null);
  if (typeof first === 'number') return FieldType.number;
  return typeof first === 'boolean' ? FieldType.boolean : FieldType.string;
}

/** Milliseconds, with the rest beside them, or in earlier Grafanas as a fraction. */
function timeField(starts: string[], integers: Integers): Field {
  if (integers === 'text') return field('time', starts.map(millis), named('Start time'), FieldType.time);
  const whole = starts.map((start) => Number(BigInt(start) / BigInt(NANOS_PER_MS)));
  const rest = starts.map((start) => Number(BigInt(start) % BigInt(NANOS_PER_MS)));
  return { ...field('time', whole, named('Start time'), FieldType.time), nanos: rest };
}

const millis = (nanos: string): number => Number(nanos) / NANOS_PER_MS;
const named = (displayNameFromDS: string): FieldConfig => ({ displayNameFromDS });

function field(name: string, values: unknown[], config: FieldConfig, type = FieldType.string): Field {
  return { name, type, config: structuredClone(config), values };
}

function frameOf(name: string, refId: string, fields: Field[]): DataFrame {
  return {
    name,
    refId,
    fields,
    length: fields[0]?.values.length ?? 0,
    meta: { preferredVisualisationType: 'table' },
  };
}
