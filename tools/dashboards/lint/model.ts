import { FORMS, SPAN_SOURCES } from '../form.ts';

/** What the rules read of a dashboard's JSON. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
  readonly id: number | null;
  readonly schemaVersion: number;
  readonly editable: boolean;
  readonly templating: { readonly list: VariableJson[] };
  readonly panels: PanelJson[];
  readonly links?: LinkJson[];
  readonly __inputs?: unknown;
}

export interface VariableJson {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly query?: unknown;
  readonly datasource?: SourceJson;
  readonly multi?: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
}

export interface SourceJson {
  readonly type: string;
  readonly uid: string;
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: SourceJson;
  readonly targets?: TargetJson[];
  readonly transformations?: TransformationJson[];
  readonly fieldConfig?: FieldConfigJson;
}

export interface FieldConfigJson {
  readonly defaults: { readonly unit?: string; readonly noValue?: string; readonly links?: LinkJson[] };
  readonly overrides: OverrideJson[];
}

export interface OverrideJson {
  readonly matcher: { readonly id: string; readonly options?: unknown };
  readonly properties: { readonly id: string; readonly value?: unknown }[];
}

export interface LinkJson {
  readonly title?: string;
  readonly url?: string;
  readonly keepTime?: boolean;
}

export interface TargetJson {
  readonly refId: string;
  readonly datasource?: SourceJson;
  readonly expr?: string;
  readonly query?: string;
  readonly rawSql?: string;
  readonly metricsQueryType?: string;
  readonly tableType?: string;
  readonly limit?: number;
  readonly spss?: number;
  readonly format?: string | number;
  readonly editorType?: string;
}

export interface TransformationJson {
  readonly id: string;
  // Each has options of its own.
  readonly options: any;
}

/** Something that a rule found. */
export interface Problem {
  readonly rule: string;
  /** `dashboard / panel`. */
  readonly where: string;
  readonly what: string;
}

/** A rule sees all dashboards, for links lead from one to another. */
export interface Rule {
  readonly name: string;
  /** The rule of grafana/dashboard-linter that it is, if it is one. */
  readonly linter?: string;
  check(all: readonly DashboardJson[]): Iterable<Found>;
}

export interface Found {
  readonly dashboard: DashboardJson;
  readonly panel?: PanelJson;
  readonly what: string;
}

/** A panel with queries, and where it stands. */
export interface Place {
  readonly dashboard: DashboardJson;
  readonly panel: PanelJson;
}

/** All panels but the headings. */
export function* panelsOf(all: readonly DashboardJson[]): Generator<Place> {
  for (const dashboard of all) {
    for (const panel of dashboard.panels) if (panel.type !== 'row') yield { dashboard, panel };
  }
}

export function* targetsOf(all: readonly DashboardJson[]): Generator<Place & { target: TargetJson }> {
  for (const place of panelsOf(all))
    for (const target of place.panel.targets ?? []) yield { ...place, target };
}

/** Whether a target is TraceQL. */
export function isTraceQL(target: TargetJson): target is TargetJson & { query: string } {
  return target.datasource?.type === 'tempo' && target.query !== undefined;
}

export function isPromQL(target: TargetJson): target is TargetJson & { expr: string } {
  return target.datasource?.type === 'prometheus' && target.expr !== undefined;
}

/** Whether a target is SQL. */
export function isSql(target: TargetJson): target is TargetJson & { rawSql: string } {
  return target.datasource?.type === SPAN_SOURCES.clickhouse && target.rawSql !== undefined;
}

/** The SQL of a query variable. */
export function sqlOf({ query }: VariableJson): string | undefined {
  return (query as { rawSql?: string } | undefined)?.rawSql;
}

/** What the variable of a data source is called, by the type of that. */
export function nameOfSource(type: unknown): string {
  return FORMS.find((form) => SPAN_SOURCES[form] === type) ?? String(type);
}

/** A search finds spans, where a metric counts them. */
export function isSearch(target: TargetJson): boolean {
  return isTraceQL(target) && target.metricsQueryType === undefined;
}

/** Every text in a value, however deep. */
export function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* textsIn(inner);
  }
}

/** The links of a panel's cells. */
export function* cellLinks({ fieldConfig }: PanelJson): Generator<LinkJson> {
  yield* fieldConfig?.defaults.links ?? [];
  for (const { properties } of fieldConfig?.overrides ?? []) {
    for (const { id, value } of properties) if (id === 'links') yield* value as LinkJson[];
  }
}
