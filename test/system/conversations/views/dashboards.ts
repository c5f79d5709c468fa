import { splitNames } from '../../../../src/sdk/protocol/names.ts';
import { type Backends, live } from '../../../../tools/dashboards/evaluate/backends.ts';
import { evaluate, type Row as PanelRow, rowsOf } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import { panelsOf } from '../../../../tools/dashboards/evaluate/model.ts';
import { variablesOf } from '../../../../tools/dashboards/evaluate/variables.ts';
import { UIDS } from '../../../../tools/dashboards/links.ts';
import { NOTHING } from '../../stack/checks/expect.ts';
import { readDashboards } from '../../stack/dashboards.ts';
import type { View, ViewRow } from './view.ts';

const EVENTS_OF_NO_REQUEST = /^(mcp\.session|notifications\/)/;

const MOST_OPENED = 40;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The panels of the dashboards for ClickHouse, on what the Collector has stored there. */
export function dashboardsView(clickhouse: string, range: Range, services: readonly string[]): View {
  const backends = live({ clickhouse });
  const show = (uid: string, title: string, chosen: Record<string, string | string[]>) =>
    panelRows(backends, uid, title, { ...range, chosen });
  return {
    name: 'ClickHouse dashboards',
    // Two panels for each, with all that Grafana does.
    opens: MOST_OPENED,
    async rows() {
      const rows: ViewRow[] = [];
      // The table has no column for the service; its variable restricts it to one.
      for (const service of services) {
        const found = await show(UIDS.sessions, 'Sessions', { service: [service] });
        rows.push(...found.map((row) => viewRowOf(row, service)));
      }
      return rows;
    },
    async session(id) {
      const [facts, ...others] = await show(UIDS.session, 'Session', { session: id });
      if (facts === undefined || others.length > 0) throw new Error(`${id} has ${others.length + 1} rows`);
      const events = await show(UIDS.session, 'Events', { session: id });
      const requests = events.filter((row) => !EVENTS_OF_NO_REQUEST.test(shown(row, 'Event')));
      // Its columns have no arguments.
      return { id: shown(facts, 'Session'), requests: requests.length, labels: undefined };
    },
  };
}

const DASHBOARDS = readDashboards('clickhouse');

async function panelRows(
  backends: Backends,
  uid: string,
  title: string,
  view: Range & { chosen: Record<string, string | string[]> },
): Promise<PanelRow[]> {
  const dashboard = DASHBOARDS.find((each) => each.uid === uid);
  const panel = dashboard && panelsOf(dashboard).find((each) => each.title === title);
  if (dashboard === undefined || panel === undefined) throw new Error(`${uid} has no panel ${title}`);
  const scope = await variablesOf(dashboard, backends, view);
  const context = { backends, scope, view, integers: 'numbers', scrapeIntervalMs: 1_000 } as const;
  return rowsOf(await evaluate(panel, context));
}

function viewRowOf(row: PanelRow, service: string): ViewRow {
  return {
    id: shown(row, 'Session'),
    service,
    source: shown(row, 'Source'),
    client: shown(row, 'Client'),
    version: shown(row, 'Version'),
    calls: Number(row['Calls']?.value),
    errors: Number(row['Errors']?.value),
    tools: splitNames(shown(row, 'Tools')).names.sort(),
    status: shown(row, 'Status'),
  };
}

function shown(row: PanelRow, title: string): string {
  const text = row[title]?.text;
  if (text === undefined) throw new Error(`the panel has no column ${title}`);
  return text === NOTHING ? '' : text;
}
