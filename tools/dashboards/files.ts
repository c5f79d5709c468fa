import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { grafanaRules, prometheusRules } from './alerts/provisioning.ts';
import { operationsDashboard } from './operations.ts';
import { processesDashboard } from './processes.ts';
import { sessionDashboard } from './session.ts';
import { sessionsDashboard } from './sessions.ts';

/** The dashboards that the package ships, by the name of their file. */
export function dashboards(): Readonly<Record<string, Dashboard>> {
  return {
    'mcp-sessions.json': sessionsDashboard(),
    'mcp-session.json': sessionDashboard(),
    'mcp-operations.json': operationsDashboard(),
    'mcp-server-processes.json': processesDashboard(),
  };
}

/** Every generated file, by its path below the folder `dashboards`. */
export function generatedFiles(): Map<string, string> {
  const files = new Map(
    Object.entries(dashboards()).map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]),
  );
  files.set('alerts/prometheus-rules.yaml', prometheusRules());
  files.set('alerts/grafana-alerting.yaml', grafanaRules());
  return files;
}
