import type { DataFrame, Labels } from '@grafana/data';
import { grafana } from './grafana.ts';

interface LabelValue {
  stringValue?: string;
  intValue?: string;
  doubleValue?: number;
  boolValue?: boolean;
}

interface Series {
  labels?: { key: string; value: LabelValue }[];
  samples?: { timestampMs: string; value?: number }[];
  exemplars?: {
    timestampMs?: string;
    value?: number;
    labels?: { key: string; value: LabelValue }[];
  }[];
  /** Of an instant query. */
  value?: number;
}

export interface MetricsResponse {
  series?: Series[];
}

const { FieldType } = grafana;

/** The frames of a TraceQL metrics query over a range: one per series, then their exemplars. */
export function rangeFrames({ series = [] }: MetricsResponse): DataFrame[] {
  const lines = series.map((one): DataFrame => {
    const { name, labels } = labelled(one);
    const samples = one.samples ?? [];
    const values = samples.map(({ value }) => value ?? 0);
    return {
      name,
      refId: name,
      fields: [
        time(
          'time',
          samples.map(({ timestampMs }) => Number(timestampMs)),
        ),
        { name, type: FieldType.number, config: { displayName: name }, labels, values },
      ],
      length: samples.length,
      meta: { preferredVisualisationType: 'graph', type: grafana.DataFrameType.TimeSeriesMulti },
    };
  });
  return [...lines, ...series.flatMap(exemplarFrame)];
}

/** The frames of an instant TraceQL metrics query: one per series, of one row. */
export function instantFrames({ series = [] }: MetricsResponse, now: number): DataFrame[] {
  return series.map((one) => {
    const { name, labels } = labelled(one);
    return {
      name,
      refId: name,
      fields: [
        time('time', [now]),
        {
          name: 'value',
          type: FieldType.number,
          config: { displayName: name },
          labels,
          values: [one.value ?? 0],
        },
      ],
      length: 1,
      meta: { preferredVisualisationType: 'table' },
    };
  });
}

function exemplarFrame(series: Series): DataFrame[] {
  const exemplars = (series.exemplars ?? []).filter(
    ({ value, timestampMs }) => value && Number(timestampMs) > 0,
  );
  if (exemplars.length === 0) return [];
  const { name, labels } = labelled(series);
  const traceIds = exemplars.map(({ labels: own = [] }) => {
    const value = own.find(({ key }) => key === 'trace:id')?.value;
    return value === undefined ? '' : textOf(value);
  });
  return [
    {
      name: 'exemplar',
      refId: name,
      fields: [
        time(
          'Time',
          exemplars.map(({ timestampMs }) => Number(timestampMs)),
        ),
        {
          name: 'Value',
          type: FieldType.number,
          config: {},
          values: exemplars.map(({ value }) => value ?? 0),
        },
        { name: 'traceId', type: FieldType.string, config: { displayName: 'Trace ID' }, values: traceIds },
        ...Object.entries(labels).map(([key, value]) => ({
          name: key,
          type: FieldType.string,
          config: {},
          values: exemplars.map(() => value),
        })),
      ],
      length: exemplars.length,
      meta: { dataTopic: grafana.DataTopic.Annotations },
    },
  ];
}

/** Values of strings stand in quotes, except in the name of a series with one label. */
function labelled({ labels: pairs = [] }: Series): { name: string; labels: Labels } {
  const labels = Object.fromEntries(pairs.map(({ key, value }) => [key, quotedOf(value)]));
  if (pairs.length === 1) return { name: textOf(pairs[0]!.value), labels };
  const listed = Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`);
  return { name: pairs.length === 0 ? '' : `{${listed.join(', ')}}`, labels };
}

const quotedOf = (value: LabelValue): string =>
  value.stringValue === undefined ? textOf(value) : `"${value.stringValue}"`;

function textOf(value: LabelValue): string {
  const plain = value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue;
  return plain === undefined ? '' : String(plain);
}

const time = (name: string, values: number[]) => ({ name, type: FieldType.time, config: {}, values });
