import assert from 'node:assert/strict';
import {
  forClickHouse,
  interpolate,
  type Scope,
  type VariableValue,
} from '../../../tools/dashboards/evaluate/interpolate.ts';
import { dashboards } from '../../../tools/dashboards/files.ts';
import type { DashboardJson, VariableJson } from '../../../tools/dashboards/lint/model.ts';
import type { Answer, Store } from './store.ts';

/** SQL of a dashboard: a panel's, or a variable's. */
export interface Query {
  readonly dashboard: DashboardJson;
  readonly title: string;
  readonly sql: string;
}

/** A range, and what a reader chose of the variables; of the others all, or what they hold at first. */
export interface Look {
  readonly from: number;
  readonly to: number;
  readonly chosen?: Readonly<Record<string, string | string[]>>;
}

export const DASHBOARDS = Object.values(dashboards('clickhouse')) as unknown as DashboardJson[];

const INTERVAL_MS = 1_000;

/** Everything that is asked of ClickHouse. */
export function allQueries(): Query[] {
  return DASHBOARDS.flatMap((dashboard) => {
    const ofPanels = dashboard.panels.flatMap(({ title = '', targets = [] }) =>
      targets.map(({ rawSql }) => ({ dashboard, title, sql: rawSql })),
    );
    const ofVariables = dashboard.templating.list.map(({ name, query }) => ({
      dashboard,
      title: `the variable ${name}`,
      sql: (query as { rawSql?: string } | undefined)?.rawSql,
    }));
    return [...ofPanels, ...ofVariables].filter((each): each is Query => each.sql !== undefined);
  });
}

export function queryOf(uid: string, title: string): Query {
  const found = allQueries().find((each) => each.dashboard.uid === uid && each.title === title);
  if (found === undefined) throw new Error(`${uid} has no panel ${title}`);
  return found;
}

/** What Grafana would send for a query. */
export function finished({ dashboard, sql }: Query, { from, to, chosen = {} }: Look): string {
  const scope: Scope = {
    __from: { value: String(from) },
    __to: { value: String(to) },
    __interval_ms: { value: String(INTERVAL_MS) },
  };
  for (const model of dashboard.templating.list) scope[model.name] = chosenOrFirst(model, chosen[model.name]);
  return interpolate(sql, scope, forClickHouse);
}

export function run(store: Store, query: Query, look: Look): Promise<Answer> {
  const sql = finished(query, look);
  // Nothing for Grafana's plugin to fill in but what stands in quotes, and it leaves quotes shut.
  assert.doesNotMatch(sql.replace(/'(?:[^'\\]|\\.)*'/gs, ''), /[$'\\]/, query.title);
  return store.ask(sql);
}

/** What a panel shows, each row by the names of its columns. */
export async function rowsOf(
  store: Store,
  uid: string,
  title: string,
  look: Look,
): Promise<Record<string, unknown>[]> {
  const { columns, rows } = await run(store, queryOf(uid, title), look);
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
}

function chosenOrFirst(model: VariableJson, chosen: string | string[] | undefined): VariableValue {
  if (chosen !== undefined) return { value: chosen, isMulti: model.multi === true };
  if (model.type === 'query') return { value: '.*', isRaw: true, isAll: true, isMulti: true };
  const { current } = model as { current?: { value?: string } };
  return { value: current?.value ?? '' };
}
