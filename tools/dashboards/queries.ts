import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  DataqueryBuilder as PrometheusQuery,
  PromQueryFormat,
} from '@grafana/grafana-foundation-sdk/prometheus';
import {
  MetricsQueryType,
  SearchTableType,
  DataqueryBuilder as TempoQuery,
} from '@grafana/grafana-foundation-sdk/tempo';
import { spansOf } from './form.ts';
import { PROMETHEUS } from './variables.ts';

/** Traces that a search may return. A session's spans share a trace, so it counts sessions. */
const SEARCH_LIMIT = 1_000;
/** Spans of one trace; a session's trace holds at most 1,000 requests and what they caused. */
const SPANS_PER_TRACE = 5_000;

/** A search for spans, as a table. A panel has one: Grafana would replace a second by the first. */
export function spanSearch(query: string): TempoQuery {
  return traceql(query).tableType(SearchTableType.Spans).limit(SEARCH_LIMIT).spss(SPANS_PER_TRACE);
}

/** A TraceQL metric over time. Instant ones come without a value from some versions of Tempo. */
export function spanMetric(query: string): TempoQuery {
  return traceql(query).metricsQueryType(MetricsQueryType.Range).tableType(SearchTableType.Traces);
}

/** Rows of ClickHouse, with the columns that the SQL names. */
export function sqlRows(rawSql: string): Builder<Dataquery> {
  return sql(rawSql, 'table', 1);
}

/** Numbers over time: a time, and a series for each further column and each text beside it. */
export function sqlSeries(rawSql: string): Builder<Dataquery> {
  return sql(rawSql, 'timeseries', 0);
}

/** Over time. */
export function series(expression: string, legend: string, refId = 'A'): PrometheusQuery {
  return promql(expression, refId).range().format(PromQueryFormat.TimeSeries).legendFormat(legend);
}

/** At the end of the range, one value for each series. */
export function now(expression: string, legend = '', refId = 'A'): PrometheusQuery {
  return promql(expression, refId).instant().format(PromQueryFormat.TimeSeries).legendFormat(legend);
}

/** At the end of the range, one row for each series. */
export function rows(expression: string, refId = 'A'): PrometheusQuery {
  return promql(expression, refId).instant().format(PromQueryFormat.Table);
}

function promql(expression: string, refId: string): PrometheusQuery {
  return new PrometheusQuery().refId(refId).datasource(PROMETHEUS).expr(expression);
}

function traceql(query: string): TempoQuery {
  return new TempoQuery()
    .refId('A')
    .datasource(spansOf('tempo'))
    .queryType('traceql')
    .query(query)
    .filters([]);
}

/** A query as Grafana's plugin for ClickHouse keeps it. */
function sql(rawSql: string, queryType: string, format: number): Builder<Dataquery> {
  const query = {
    refId: 'A',
    datasource: spansOf('clickhouse'),
    editorType: 'sql',
    queryType,
    format,
    rawSql,
  };
  return { build: () => query as unknown as Dataquery };
}
