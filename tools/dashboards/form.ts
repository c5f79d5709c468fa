import { type Form, SPAN_SOURCES } from '../../src/cli/grafana/forms.ts';

export { FORM_NAMES, FORMS, type Form, SPAN_SOURCES } from '../../src/cli/grafana/forms.ts';

/** Where panels of spans read from: a variable of the form's name, so that a dashboard works in every Grafana. */
export function spansOf(form: Form): { type: string; uid: string } {
  return { type: SPAN_SOURCES[form], uid: `\${${form}}` };
}

/** What only ClickHouse is asked for: what takes more than a search, or a query that Tempo was not asked before. */
export function only<T>(form: Form, parts: readonly T[]): readonly T[] {
  return form === 'clickhouse' ? parts : [];
}
