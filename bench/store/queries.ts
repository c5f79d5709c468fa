import { readDashboards, scrapeIntervalMs } from '../../test/system/stack/dashboards.ts';
import { type Backends, live } from '../../tools/dashboards/evaluate/backends.ts';
import { type Dashboard, panelsOf } from '../../tools/dashboards/evaluate/model.ts';
import { framesOf } from '../../tools/dashboards/evaluate/queries.ts';
import { type View, variablesOf } from '../../tools/dashboards/evaluate/variables.ts';

/** A query of a panel as the data source sends it, its variables filled in. */
export interface PanelQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly sql: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** The dashboard of one session. */
const SESSION_DASHBOARD = 'mcp-sessionscope-session';
/** Prometheus is not there: graphs have nothing in them, lists have one entry to choose from. */
const NO_SERIES = { data: { resultType: 'vector', result: [] } };
const ONE_LABEL = { data: ['any'] };

/** What the panels of the dashboards ask of ClickHouse in this range of time. */
export async function panelQueries(
  url: string,
  range: Pick<View, 'from' | 'to'>,
  session: string,
): Promise<PanelQuery[]> {
  const queries: PanelQuery[] = [];
  for (const dashboard of readDashboards('clickhouse')) {
    const isOne = dashboard.uid === SESSION_DASHBOARD;
    const view = { ...range, ...(isOne && { chosen: { session } }) };
    queries.push(...(await queriesOf(dashboard, view, url)));
  }
  return queries;
}

async function queriesOf(dashboard: Dashboard, view: View, url: string): Promise<PanelQuery[]> {
  const asked: Record<string, string>[] = [];
  const backends = withoutPrometheus(live({ clickhouse: url }), asked);
  const scope = await variablesOf(dashboard, backends, view);
  const queries: PanelQuery[] = [];
  const [name] = dashboard.title.split(/\s+\(/);
  for (const panel of panelsOf(dashboard)) {
    asked.length = 0;
    await framesOf(panel, {
      backends,
      scope,
      view,
      integers: 'numbers',
      scrapeIntervalMs: scrapeIntervalMs(),
    });
    for (const { query = '', ...settings } of asked)
      queries.push({ dashboard: name ?? '', panel: panel.title ?? '', sql: query, settings });
  }
  return queries;
}

/** Tells what ClickHouse is asked. */
function withoutPrometheus(backends: Backends, asked: Record<string, string>[]): Backends {
  return {
    async get(source, path, params) {
      if (source === 'prometheus') return path.includes('/label/') ? ONE_LABEL : NO_SERIES;
      asked.push(params);
      return backends.get(source, path, params);
    },
  };
}
