import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { grafana } from '../../../tools/dashboards/evaluate/grafana.ts';
import type { Dashboard } from '../../../tools/dashboards/evaluate/model.ts';
import type { Form } from '../../../tools/dashboards/form.ts';

const FOLDER = fileURLToPath(new URL('../../../dashboards/', import.meta.url));
const DATASOURCES = fileURLToPath(
  new URL('../../../examples/stack/grafana/provisioning/datasources/stack.yaml', import.meta.url),
);

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
