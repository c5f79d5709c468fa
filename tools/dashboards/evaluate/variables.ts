import type { Backends } from './backends.ts';
import { TABLE } from './clickhouse-frames.ts';
import { CLICKHOUSE_PLUGIN, clickhouseFramesOf } from './clickhouse-query.ts';
import { ALL, interpolate, type Scope, type VariableValue } from './interpolate.ts';
import type { Dashboard, VariableModel } from './model.ts';

/** Under what circumstances a dashboard is looked at. */
export interface View {
  /** The time range, in Unix milliseconds. */
  from: number;
  to: number;
  /** Values that a reader chose, by the variable's name; the others have their defaults. */
  chosen?: Record<string, string | string[]>;
}

/** The uids that the data sources have in the stack. */
const DATASOURCES: Record<string, string> = {
  [CLICKHOUSE_PLUGIN]: 'clickhouse',
  tempo: 'tempo',
  prometheus: 'prometheus',
  jaeger: 'jaeger',
};

/**
 * Gives every variable of a dashboard its value, in their order; one may use those before it. Queries of variables are
 * run.
 */
export async function variablesOf(dashboard: Dashboard, backends: Backends, view: View): Promise<Scope> {
  const scope: Scope = builtIns(dashboard, view);
  const models = dashboard.templating?.list ?? [];
  const unknown = Object.keys(view.chosen ?? {}).filter(
    (name) => !models.some((model) => model.name === name),
  );
  if (unknown.length > 0) throw new Error(`${dashboard.uid} has no variable ${unknown.join(', ')}`);
  for (const model of models) {
    scope[model.name] = await chosenOrDefault(model, view.chosen?.[model.name], scope, backends);
  }
  return scope;
}

/** What Grafana brings along wherever a dashboard is looked at. */
function builtIns(dashboard: Dashboard, { from, to }: View): Scope {
  const seconds = Math.round((to - from) / 1000);
  return {
    __from: { value: String(from) },
    __to: { value: String(to) },
    __range: { value: `${seconds}s` },
    __range_s: { value: String(seconds) },
    __range_ms: { value: String(to - from) },
    __dashboard: (path) => (path === 'uid' ? dashboard.uid : dashboard.title),
    __url_time_range: { value: `from=${from}&to=${to}`, isRaw: true },
  };
}

async function chosenOrDefault(
  model: VariableModel,
  chosen: string | string[] | undefined,
  scope: Scope,
  backends: Backends,
): Promise<VariableValue> {
  if (model.type === 'datasource') {
    const uid = DATASOURCES[String(model.query)];
    if (uid === undefined) throw new Error(`no data source of the type ${model.query} is known here`);
    return { value: uid };
  }
  const value = chosen ?? defaultOf(model);
  const isMulti = model.multi === true || model.includeAll === true;
  const isAll = [value].flat().includes(ALL);
  if (isAll && typeof model.allValue === 'string' && model.allValue !== '') {
    // Looked up all the same: a reader chooses from them.
    if (model.type === 'query') await expectOptions(model, scope, backends);
    return { value: model.allValue, text: 'All', isRaw: true, isAll, isMulti };
  }
  if (isAll) return { value: await optionsOf(model, scope, backends), text: 'All', isAll, isMulti };
  return { value, isMulti };
}

async function expectOptions(model: VariableModel, scope: Scope, backends: Backends): Promise<void> {
  const options = await optionsOf(model, scope, backends);
  if (options.length === 0) throw new Error(`the variable ${model.name} has no values to choose from`);
}

function defaultOf(model: VariableModel): string | string[] {
  const current = model.current?.value;
  if (typeof current === 'string' || Array.isArray(current)) return current;
  if (model.type === 'textbox' || model.type === 'constant') return String(model.query ?? '');
  return customOptions(model)[0] ?? '';
}

/** `text : value` or plain values, between commas. */
function customOptions({ query }: VariableModel): string[] {
  return String(query ?? '')
    .split(',')
    .map((option) => option.split(' : ').at(-1)?.trim() ?? '');
}

async function optionsOf(model: VariableModel, scope: Scope, backends: Backends): Promise<string[]> {
  if (model.type !== 'query') return customOptions(model);
  const values = await queried(model, scope, backends);
  if (model.regex === undefined || model.regex === '') return values;
  const regex = new RegExp(model.regex.replace(/^\/|\/\w*$/g, ''));
  return values.flatMap((value) => {
    const found = regex.exec(value);
    return found === null ? [] : [found[1] ?? found[0]];
  });
}

interface VariableQuery {
  label?: string;
  query?: string;
  rawSql?: string;
}

async function queried(model: VariableModel, scope: Scope, backends: Backends): Promise<string[]> {
  const query = model.query as VariableQuery | string;
  if (model.datasource?.type === CLICKHOUSE_PLUGIN) {
    const sql = typeof query === 'string' ? query : (query.rawSql ?? '');
    return clickhouseValues(sql, scope, backends);
  }
  if (model.datasource?.type === 'tempo') {
    const label = typeof query === 'string' ? query : (query.label ?? '');
    return tempoValues(label, backends);
  }
  const text = interpolate(typeof query === 'string' ? query : (query.query ?? ''), scope);
  return prometheusValues(text, scope, backends);
}

/** The first column has the values; a second one would be what the reader sees. */
async function clickhouseValues(sql: string, scope: Scope, backends: Backends): Promise<string[]> {
  const [frame] = await clickhouseFramesOf(
    { refId: 'variable', rawSql: sql, format: TABLE },
    scope,
    backends,
  );
  return (frame?.fields[0]?.values ?? []).filter((value) => value !== null).map(String);
}

/** Grafana looks the scope of the attribute up. */
async function tempoValues(label: string, backends: Backends): Promise<string[]> {
  const { scopes } = await backends.get('tempo', '/api/v2/search/tags', { limit: '5000' });
  const scope = scopes.find(({ tags }: { tags?: string[] }) => tags?.includes(label))?.name;
  if (scope === undefined) throw new Error(`Tempo knows no attribute ${label}`);
  const tag = scope === 'intrinsic' ? label : `${scope}.${label}`;
  const { tagValues } = await backends.get('tempo', `/api/v2/search/tag/${encodeURIComponent(tag)}/values`, {
    limit: '5000',
  });
  return tagValues.map(({ value }: { value: string }) => value).sort();
}

async function prometheusValues(query: string, scope: Scope, backends: Backends): Promise<string[]> {
  const [, series, label] = /^label_values\((?:(.+),\s*)?([\w.]+)\)$/.exec(query) ?? [];
  if (label === undefined) throw new Error(`this query of a variable is not known here: ${query}`);
  const seconds = (name: string): string =>
    String(Math.floor(Number((scope[name] as VariableValue).value) / 1000));
  const { data } = await backends.get('prometheus', `/api/v1/label/${label}/values`, {
    ...(series !== undefined && { 'match[]': series }),
    start: seconds('__from'),
    end: seconds('__to'),
  });
  return data;
}
