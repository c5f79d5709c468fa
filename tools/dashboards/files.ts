import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { grafanaRules, prometheusRules } from './alerts/provisioning.ts';
import { FORMS, type Form } from './form.ts';
import { toDashboard } from './links.ts';
import { operationsDashboard } from './operations.ts';
import { processesDashboard } from './processes.ts';
import { sessionDashboard } from './session.ts';
import { sessionsDashboard } from './sessions.ts';

/** The dashboards of a form that the package ships, by the name of their file. */
export function dashboards(form: Form): Readonly<Record<string, Dashboard>> {
  const all = {
    'mcp-sessions.json': sessionsDashboard(form),
    'mcp-session.json': sessionDashboard(form),
    'mcp-operations.json': operationsDashboard(form),
    'mcp-server-processes.json': processesDashboard(form),
  };
  const linked = Object.entries(all).map(([name, one]) => [name, withLinks(one, Object.values(all))]);
  return Object.fromEntries(linked);
}

/** Every generated file, by its path below the folder `dashboards`. */
export function generatedFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const form of FORMS) {
    for (const [name, content] of Object.entries(dashboards(form))) {
      files.set(`${form}/${name}`, written(content));
    }
  }
  files.set('alerts/prometheus-rules.yaml', prometheusRules());
  files.set('alerts/grafana-alerting.yaml', grafanaRules());
  return files;
}

/** A panel in a line: with everything indented a file takes a quarter more, and every user installs it. */
function written(dashboard: Dashboard): string {
  const { panels = [] } = dashboard;
  const frame = JSON.stringify({ ...dashboard, panels: [] }, null, 1);
  const lines = panels.map((panel) => `  ${JSON.stringify(panel)}`).join(',\n');
  return `${frame.replace('"panels": []', () => `"panels": [\n${lines}\n ]`)}\n`;
}

/**
 * The dashboard with links to the others above its panels. They take along what means the same there: a variable of
 * that name may be a part of a tool's name here, and a choice of tools there.
 */
function withLinks(dashboard: Dashboard, all: readonly Dashboard[]): Dashboard {
  const others = all.filter(({ uid }) => uid !== dashboard.uid);
  return {
    ...dashboard,
    links: others.map((other) => toDashboard(other.uid!, other.title!, shared(dashboard, other))),
  };
}

function shared(one: Dashboard, other: Dashboard): string[] {
  const [from, to] = [one, other].map(({ templating }) => templating?.list ?? []);
  return from!
    .filter((mine) =>
      to!.some(
        ({ name, type, description }) =>
          name === mine.name && type === mine.type && description === mine.description,
      ),
    )
    .map(({ name }) => name);
}
