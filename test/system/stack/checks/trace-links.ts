import assert from 'node:assert/strict';
import type { Row } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import type { Form } from '../../../../tools/dashboards/form.ts';
import type { SessionTruth } from '../traffic/truth.ts';
import type { Facts } from './check.ts';
import { cell, expectEqual } from './expect.ts';

/** Tempo's search leaves zeros at the beginning out. */
const TRACE_ID: Record<Form, RegExp> = { clickhouse: /^[0-9a-f]{32}$/, tempo: /^[0-9a-f]{1,32}$/ };

/** Which trace the query of a link asks for. */
const ASKED_FOR: Record<Form, (query: any) => unknown> = {
  clickhouse: ({ rawSql, builderOptions }) => {
    const [, id] = /WHERE TraceId = '(\w+)'/.exec(rawSql) ?? [];
    expectEqual(builderOptions.meta.traceId, id, 'the trace of the builder, which is that of the SQL,');
    return id;
  },
  tempo: ({ query }) => query,
};

/** To the trace in Grafana's own view, and in Jaeger. */
export function expectTraceLinks(row: Row, session: SessionTruth, { form, view, linked }: Facts): void {
  const { text: id, links } = cell(row, 'Trace');
  assert.match(id, TRACE_ID[form], 'the trace');
  const explore = links.find(({ href }) => href.startsWith('/explore?'));
  assert.ok(explore !== undefined, "no link leads to Grafana's view of traces");
  const { searchParams } = new URL(explore.href, 'http://grafana.example');
  const { trace } = JSON.parse(searchParams.get('panes') ?? '');
  const [query] = trace.queries;
  expectEqual(trace.datasource, form, 'the data source of the link to the trace');
  expectEqual(query.datasource.uid, form, 'the data source of its query');
  expectEqual(ASKED_FOR[form](query), id, 'the trace of the link');
  // What that trace is, Jaeger is asked later.
  const sessions = (linked.get(id)?.sessions ?? new Set()).add(session);
  linked.set(id, { sessions, ...(query.rawSql !== undefined && { sql: query.rawSql }) });
  expectEqual(trace.range, { from: String(view.from), to: String(view.to) }, 'the range of the link');
  expectEqual(
    cell(row, 'Jaeger').links.some(({ href }) => href.endsWith(`/trace/${id}`)),
    true,
    'a link to Jaeger',
  );
}
