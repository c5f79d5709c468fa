/** What holds the traces: the dashboards come in a form for each. */
export type Form = 'clickhouse' | 'tempo';

/** In the order in which they are named. */
export const FORMS: readonly Form[] = ['clickhouse', 'tempo'];

/** The type of Grafana's data source for each. */
export const SPAN_SOURCES: Readonly<Record<Form, string>> = {
  clickhouse: 'grafana-clickhouse-datasource',
  tempo: 'tempo',
};

/** What a reader calls it. */
export const FORM_NAMES: Readonly<Record<Form, string>> = { clickhouse: 'ClickHouse', tempo: 'Tempo' };
