/** What the panels of spans are asked in: SQL of ClickHouse, or TraceQL of Tempo. The metric panels are the same. */
export type Form = 'clickhouse' | 'tempo';

export const FORMS: readonly Form[] = ['clickhouse', 'tempo'];

/** The type of Grafana's data source for each. */
export const SPAN_SOURCES: Readonly<Record<Form, string>> = {
  clickhouse: 'grafana-clickhouse-datasource',
  tempo: 'tempo',
};

/** Where panels of spans read from: a variable of the form's name, so that a dashboard works in every Grafana. */
export function spansOf(form: Form): { type: string; uid: string } {
  return { type: SPAN_SOURCES[form], uid: `\${${form}}` };
}

/** What a reader calls it. */
export const FORM_NAMES: Readonly<Record<Form, string>> = { clickhouse: 'ClickHouse', tempo: 'Tempo' };
