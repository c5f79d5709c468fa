import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../io.ts';
import type { Form } from './forms.ts';

/** A dashboard as JSON has it. */
export type DashboardJson = Readonly<Record<string, unknown>>;

/** A dashboard that came with the package, in one of its forms. */
export interface ShippedDashboard {
  readonly form: Form;
  /** Name of its file. */
  readonly file: string;
  readonly uid: string;
  readonly title: string;
  readonly panels: number;
  readonly json: DashboardJson;
  /** The bytes of its file. */
  readonly text: string;
}

/**
 * Those of a form.
 *
 * @param dir - has a folder for each form
 * @throws {@link CliError} where there are none
 */
export function shippedDashboards(dir: string, form: Form): ShippedDashboard[] {
  const folder = join(dir, form);
  const dashboards = filesIn(folder).map((file) => ({ form, ...readDashboard(folder, file) }));
  if (dashboards.length === 0) throw missing(folder, 'it holds none');
  return dashboards;
}

/** Objects of a list in JSON; none where it is no list. */
export function objectsOf(value: unknown): DashboardJson[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

function filesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (error) {
    throw missing(dir, (error as Error).message);
  }
}

function readDashboard(dir: string, file: string): Omit<ShippedDashboard, 'form'> {
  const text = readFileSync(join(dir, file), 'utf8');
  const json = JSON.parse(text) as DashboardJson;
  const rows = objectsOf(json['panels']);
  const inRows = rows.flatMap((row) => objectsOf(row['panels']));
  const panels = [...rows, ...inRows].filter(({ type }) => type !== 'row').length;
  return { file, uid: String(json['uid']), title: String(json['title']), panels, json, text };
}

function missing(dir: string, reason: string): CliError {
  return new CliError(
    `cannot read the dashboards in ${dir}: ${reason}\nThey are part of the package: install it anew`,
    1,
  );
}
