import type { DataFrame, Field, Labels } from '@grafana/data';
import { grafana } from './grafana.ts';
import type { Target } from './model.ts';

/** `data` of an answer to `/api/v1/query` or `/api/v1/query_range`. */
export interface PrometheusData {
  resultType: 'matrix' | 'vector' | 'scalar' | 'string';
  result: any;
}

/** `data` of an answer to `/api/v1/query_exemplars`. */
export type ExemplarData = {
  seriesLabels: Labels;
  exemplars: { labels: Labels; value: string; timestamp: number }[];
}[];

const { FieldType } = grafana;

/** The frames of one query: one per series, or one table, or the cells of a heatmap. */
export function prometheusFrames(data: PrometheusData, target: Target, isOnly: boolean): DataFrame[] {
  const frames = seriesOf(data).map(({ labels, points }) => seriesFrame(labels, points, target));
  if (target.format === 'table') return tableFrame(frames, target.refId, isOnly);
  if (target.format === 'heatmap') return heatmapFrame(frames);
  return frames;
}

/** Exemplars are annotations: no transformation sees them. */
export function exemplarFrame(data: ExemplarData, refId: string): DataFrame[] {
  const rows = data.flatMap(({ seriesLabels, exemplars }) =>
    exemplars.map(({ labels, value, timestamp }) => ({
      labels: { ...seriesLabels, ...labels },
      value: Number(value),
      timestamp: timestamp * 1000,
    })),
  );
  if (rows.length === 0) return [];
  const names = [...new Set(rows.flatMap(({ labels }) => Object.keys(labels)))].sort();
  return [
    {
      name: 'exemplar',
      refId,
      fields: [
        field(
          'Time',
          rows.map(({ timestamp }) => timestamp),
          FieldType.time,
        ),
        field(
          'Value',
          rows.map(({ value }) => value),
          FieldType.number,
        ),
        ...names.map((name) =>
          field(
            name,
            rows.map(({ labels }) => labels[name] ?? ''),
            FieldType.string,
          ),
        ),
      ],
      length: rows.length,
      meta: { custom: { resultType: 'exemplar' }, dataTopic: grafana.DataTopic.Annotations },
    },
  ];
}

type Point = [seconds: number, value: string];

function seriesOf({ resultType, result }: PrometheusData): { labels: Labels; points: Point[] }[] {
  if (resultType === 'matrix') return result.map((one: any) => ({ labels: one.metric, points: one.values }));
  if (resultType === 'vector') return result.map((one: any) => ({ labels: one.metric, points: [one.value] }));
  return [{ labels: {}, points: [result] }];
}

function seriesFrame(labels: Labels, points: Point[], { refId, legendFormat, expr }: Target): DataFrame {
  const name = legendOf(labels, legendFormat, expr ?? '');
  const values = points.map(([, value]) => numberOf(value));
  const config = name === undefined ? {} : { displayNameFromDS: name };
  return {
    refId,
    ...(name !== undefined && { name }),
    fields: [
      field(
        'Time',
        points.map(([seconds]) => seconds * 1000),
        FieldType.time,
      ),
      { name: labels['__name__'] ?? 'Value', type: FieldType.number, config, labels, values },
    ],
    length: points.length,
    meta: { type: grafana.DataFrameType.TimeSeriesMulti, preferredVisualisationType: 'graph' },
  };
}

/** Without a legend, or with an automatic one, Grafana makes the name of the labels that differ. */
function legendOf(labels: Labels, legend: string | undefined, expr: string): string | undefined {
  if (legend === undefined || legend === '' || legend === '__auto') {
    return Object.keys(labels).length === 0 ? expr : undefined;
  }
  return legend.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, name: string) => labels[name] ?? '');
}

/** One table of all series: time, a column per label, the value. */
function tableFrame(frames: DataFrame[], refId: string, isOnly: boolean): DataFrame[] {
  const names = [...new Set(frames.flatMap((frame) => Object.keys(frame.fields[1]?.labels ?? {}).sort()))];
  const rows = frames.flatMap(({ fields: [time, value] }) =>
    value!.values.map((one, index) => ({
      time: time!.values[index],
      labels: value!.labels ?? {},
      value: one,
    })),
  );
  return [
    {
      refId,
      fields: [
        field(
          'Time',
          rows.map(({ time }) => time),
          FieldType.time,
        ),
        ...names.map((name) =>
          field(
            name,
            rows.map(({ labels }) => labels[name] ?? ''),
            FieldType.string,
          ),
        ),
        field(
          isOnly ? 'Value' : `Value #${refId}`,
          rows.map(({ value }) => value),
          FieldType.number,
        ),
      ],
      length: rows.length,
      meta: { preferredVisualisationType: 'rawPrometheus' },
    },
  ];
}

/** Cumulative buckets become the counts of each bucket, from the lowest bound to the highest. */
function heatmapFrame(frames: DataFrame[]): DataFrame[] {
  const buckets = frames
    .map((frame) => ({ bound: frame.fields[1]!.labels?.['le'] ?? '', frame }))
    .sort((a, b) => numberOf(a.bound) - numberOf(b.bound));
  const [first] = buckets;
  if (first === undefined) return [];
  const counts = buckets.map(({ bound, frame }, index) => {
    const below = buckets[index - 1]?.frame.fields[1]?.values;
    const values = frame.fields[1]!.values.map((value, at) => Math.max(0, value - (below?.[at] ?? 0)));
    return { ...frame.fields[1]!, name: bound, config: { displayNameFromDS: bound }, values };
  });
  const meta = { ...first.frame.meta, type: grafana.DataFrameType.HeatmapRows };
  return [{ ...first.frame, meta, fields: [first.frame.fields[0]!, ...counts] }];
}

function numberOf(text: string): number {
  if (/^[+-]?inf/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

const field = (name: string, values: unknown[], type: Field['type']): Field => ({
  name,
  type,
  config: {},
  values,
});
