import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { grafana } from '../../../tools/dashboards/evaluate/grafana.ts';
import type { Dashboard } from '../../../tools/dashboards/evaluate/model.ts';

const FOLDER = fileURLToPath(new URL('../../../dashboards/', import.meta.url));
const DATASOURCES = fileURLToPath(
  new URL('../../../examples/stack/grafana/provisioning/datasources/stack.yaml', import.meta.url),
);

/** Where the traces of a form of the dashboards are; also the name of their data source, and of its variable. */
export const FORMS = ['clickhouse', 'tempo'] as const;
export type Form = (typeof FORMS)[number];

/** The dashboards of a form, as they are published. */
export function readDashboards(form: Form): Dashboard[] {
  const folder = `${FOLDER}${form}/`;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(`${folder}${name}`, 'utf8')));
}

/** The least time between two points of Prometheus that the stack's Grafana is set to. */
export function scrapeIntervalMs(): number {
  const [, interval] = /^\s*timeInterval: (\w+)$/m.exec(readFileSync(DATASOURCES, 'utf8')) ?? [];
  if (interval === undefined) throw new Error(`no timeInterval is set in ${DATASOURCES}`);
  return grafana.rangeUtil.intervalToMs(interval);
}
