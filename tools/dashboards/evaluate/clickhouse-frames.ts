import type { DataFrame, Field, QueryResultMeta } from '@grafana/data';
import { grafana } from './grafana.ts';

/** An answer in ClickHouse's format `JSONCompact`. */
export interface ClickHouseResponse {
  meta: { name: string; type: string }[];
  data: unknown[][];
}

/** What a query of the plugin is to become. */
export const TIME_SERIES = 0;
export const TABLE = 1;
/** Grafana's view of a trace. */
export const TRACE = 3;

type Shown = NonNullable<QueryResultMeta['preferredVisualisationType']>;

const SHOWN: Readonly<Record<number, Shown>> = { [TIME_SERIES]: 'graph', [TABLE]: 'table', [TRACE]: 'trace' };

const { FieldType } = grafana;

/** The frame of one query: a table as it is, or series of a value by the texts beside it. */
export function clickhouseFrames(response: ClickHouseResponse, refId: string, format: number): DataFrame[] {
  const shown = SHOWN[format];
  if (shown === undefined) {
    throw new Error(`the format ${format} of query ${refId} is not known here`);
  }
  // The plugin gives the columns of these names links of its own.
  const linked = response.meta.find(({ name }) => format !== TRACE && /^trace_?id$/i.test(name));
  if (linked !== undefined) throw new Error(`the column ${linked.name} gets links from the plugin`);
  const fields = response.meta.map(({ name, type }, index) =>
    fieldOf(
      name,
      type,
      response.data.map((row) => row[index]),
    ),
  );
  const length = response.data.length;
  if (format !== TIME_SERIES) return [frameOf(refId, fields, length, shown)];
  // Grafana shows "No data".
  if (length === 0) return [];
  const plain = fields.map((field) => (field.type === FieldType.other ? asText(field) : field));
  const frame = frameOf(refId, plain, length, shown);
  return [isLong(plain) ? longToWide(frame) : frame];
}

interface Kind {
  is: RegExp;
  type: Field['type'];
  read(value: unknown): unknown;
}

const same = (value: unknown): unknown => value;

/** How the plugin reads ClickHouse's types. */
const KINDS: readonly Kind[] = [
  { is: /^(U?Int|Float|Decimal)\d*/, type: FieldType.number, read: numberOf },
  { is: /^Bool$/, type: FieldType.boolean, read: same },
  { is: /^Date/, type: FieldType.time, read: (value) => Date.parse(String(value)) },
  { is: /^(String|FixedString|Enum|IPv|UUID)/, type: FieldType.string, read: same },
  { is: /^(Array|Map|Tuple|Nested)\(/, type: FieldType.other, read: same },
];

function fieldOf(name: string, type: string, values: unknown[]): Field {
  const plain = type.replace(/^LowCardinality\((.*)\)$/, '$1').replace(/^Nullable\((.*)\)$/, '$1');
  const kind = KINDS.find(({ is }) => is.test(plain));
  if (kind === undefined) throw new Error(`the type ${type} of the column ${name} is not known here`);
  const read = values.map((value) => (value === null ? null : kind.read(value)));
  const nanos = kind.type === FieldType.time ? values.map(nanosOf) : [];
  return {
    name,
    type: kind.type,
    config: {},
    values: read,
    ...(nanos.some((rest) => rest > 0) && { nanos }),
  };
}

/** JSON has no word for these. */
function numberOf(value: unknown): number {
  if (value === 'inf') return Number.POSITIVE_INFINITY;
  return value === '-inf' ? Number.NEGATIVE_INFINITY : Number(value);
}

/** Nanoseconds beside the milliseconds. */
function nanosOf(time: unknown): number {
  const [, beside = ''] = /\.\d{3}(\d+)/.exec(String(time)) ?? [];
  return Number(beside.padEnd(6, '0'));
}

function asText(field: Field): Field {
  const values = field.values.map((value) => (value === null ? null : JSON.stringify(value)));
  return { ...field, type: FieldType.string, values };
}

/** A time, numbers, and texts that say what the numbers are of. */
function isLong(fields: Field[]): boolean {
  const has = (type: Field['type']): boolean => fields.some((field) => field.type === type);
  return has(FieldType.time) && has(FieldType.number) && fields.some(isFactor);
}

const isFactor = ({ type }: Field): boolean => type === FieldType.string || type === FieldType.boolean;

/** A field for each number and each set of texts, with nothing where a set has no row at a time. */
function longToWide(frame: DataFrame): DataFrame {
  const time = frame.fields.find(({ type }) => type === FieldType.time) as Field;
  const factors = frame.fields.filter(isFactor);
  const times = [...new Set(time.values)];
  if (times.some((at, index) => index > 0 && at < times[index - 1])) {
    throw new Error('the rows of a time series must be in the order of time');
  }
  const places = new Map(times.map((at, index) => [at, index]));
  const wide = new Map<string, Field>();
  for (let row = 0; row < frame.length; row += 1) {
    const labels = Object.fromEntries(factors.map(({ name, values }) => [name, String(values[row] ?? '')]));
    for (const { name, type, config, values } of frame.fields) {
      if (type !== FieldType.number) continue;
      const key = JSON.stringify([name, labels]);
      const field = wide.get(key) ?? {
        name,
        type,
        config,
        labels,
        values: times.map(() => null) as unknown[],
      };
      field.values[places.get(time.values[row]) as number] = values[row];
      wide.set(key, field);
    }
  }
  const series = [...wide].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, field]) => field);
  const meta = { ...frame.meta, type: grafana.DataFrameType.TimeSeriesWide };
  return { ...frame, meta, fields: [{ ...time, values: times }, ...series], length: times.length };
}

function frameOf(refId: string, fields: Field[], length: number, shown: Shown): DataFrame {
  return { name: refId, refId, fields, length, meta: { preferredVisualisationType: shown } };
}
