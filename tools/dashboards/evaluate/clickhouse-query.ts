import type { DataFrame } from '@grafana/data';
import type { Backends } from './backends.ts';
import { type ClickHouseResponse, clickhouseFrames } from './clickhouse-frames.ts';
import { forClickHouse, interpolate, type Scope } from './interpolate.ts';
import type { Target } from './model.ts';

/** The type of its data source. */
export const CLICKHOUSE_PLUGIN = 'grafana-clickhouse-datasource';

/** The database that the stack's data source is set to, and how answers are to be written so that nothing is lost. */
const SETTINGS = {
  database: 'otel',
  default_format: 'JSONCompact',
  date_time_output_format: 'iso',
  output_format_json_quote_64bit_integers: '0',
  output_format_json_quote_denormals: '1',
  output_format_write_statistics: '0',
};

/** The frames of one query, as Grafana's plugin for ClickHouse makes them. */
export async function clickhouseFramesOf(
  target: Pick<Target, 'refId' | 'rawSql' | 'format'>,
  scope: Scope,
  backends: Backends,
): Promise<DataFrame[]> {
  const query = interpolate(target.rawSql ?? '', scope, forClickHouse);
  const [left] = /\$__(?!all\b)\w+|\$\{\w+[^}]*\}/.exec(query) ?? [];
  if (left !== undefined) throw new Error(`${left} of query ${target.refId} is not known here`);
  const response: ClickHouseResponse = await backends.get('clickhouse', '/', { ...SETTINGS, query });
  return clickhouseFrames(response, target.refId, Number(target.format));
}
