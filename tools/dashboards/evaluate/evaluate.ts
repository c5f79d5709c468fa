import type { DataFrame, DataTransformContext, FieldConfigSource, LinkModel } from '@grafana/data';
import { fieldOptions } from './field-options.ts';
import { grafana } from './grafana.ts';
import { interpolate, type Scope } from './interpolate.ts';
import { linkScope } from './links.ts';
import type { Panel } from './model.ts';
import { framesOf, type QueryContext } from './queries.ts';

/** A panel with the data that it shows. */
export interface Evaluated {
  panel: Panel;
  scope: Scope;
  /** After the panel's transformations. */
  transformed: DataFrame[];
  /** Those with its settings of fields applied. */
  frames: DataFrame[];
  /** Exemplars. */
  annotations: DataFrame[];
  fieldConfig: FieldConfigSource;
}

/** A cell of a table. */
export interface Cell {
  value: unknown;
  /** As it is shown, its unit included. */
  text: string;
  unit?: string;
  color?: string;
  links: { title: string; href: string; isNewTab: boolean }[];
}

/** A row of a table: its cells by the title of their column. */
export type Row = Record<string, Cell>;

const THEME = grafana.createTheme();

/** Runs the queries of a panel, then everything that Grafana does until the panel is drawn. */
export async function evaluate(panel: Panel, context: QueryContext): Promise<Evaluated> {
  const all = await framesOf(panel, context);
  const isAnnotation = ({ meta }: DataFrame): boolean => meta?.dataTopic === grafana.DataTopic.Annotations;
  const data = await transform(
    panel,
    all.filter((frame) => !isAnnotation(frame)),
    context.scope,
  );
  const fieldConfig = panel.fieldConfig ?? { defaults: {}, overrides: [] };
  const frames = grafana.applyFieldOverrides({
    data: structuredClone(data),
    fieldConfig,
    fieldConfigRegistry: fieldOptions(fieldConfig),
    replaceVariables: (text, scoped) => interpolate(text, { ...context.scope, ...linkScope(scoped) }),
    theme: THEME,
    timeZone: 'utc',
  });
  return {
    panel,
    scope: context.scope,
    transformed: data,
    frames,
    annotations: all.filter(isAnnotation),
    fieldConfig,
  };
}

/** A colour of Grafana's, by name, as the theme paints it. */
export function colorOf(name: string): string {
  return THEME.visualization.getColorByName(name);
}

/** The rows of a table panel, of the columns that it shows. */
export function rowsOf({ panel, frames }: Evaluated): Row[] {
  const frame = frames[panel.options?.['frameIndex'] ?? 0];
  if (frame === undefined) return [];
  const shown = frame.fields.filter(({ config }) => {
    const { hidden, hideFrom } = config.custom ?? {};
    return hidden !== true && hideFrom?.viz !== true;
  });
  return Array.from({ length: frame.length }, (_, index) =>
    Object.fromEntries(
      shown.map((field) => {
        const value = field.values[index];
        const display = field.display!(value);
        const links = field.getLinks?.({ valueRowIndex: index, calculatedValue: display }) ?? [];
        const cell: Cell = {
          value,
          text: grafana.formattedValueToString(display),
          ...(field.config.unit !== undefined && { unit: field.config.unit }),
          ...(display.color !== undefined && { color: display.color }),
          links: links.map(linkOf),
        };
        return [grafana.getFieldDisplayName(field, frame, frames), cell];
      }),
    ),
  );
}

/** What a panel of single values shows: each with its name. */
export function valuesOf({ panel, frames, fieldConfig, scope }: Evaluated) {
  return grafana
    .getFieldDisplayValues({
      fieldConfig,
      reduceOptions: panel.options?.['reduceOptions'] ?? { calcs: ['lastNotNull'] },
      replaceVariables: (text) => interpolate(text, scope),
      theme: THEME,
      data: frames,
      timeZone: 'utc',
    })
    .filter(({ display }) => !Number.isNaN(display.numeric) || display.text !== '')
    .map(({ display, name, field }) => ({
      name: display.title ?? name,
      value: display.numeric,
      text: grafana.formattedValueToString(display),
      unit: field.unit,
      color: display.color,
    }));
}

/** The lines of a graph: each with its name and the points that it has. */
export function linesOf({ frames }: Evaluated): { name: string; points: [time: number, value: number][] }[] {
  return frames.flatMap((frame) => {
    const time = frame.fields.find(({ type }) => type === grafana.FieldType.time);
    return frame.fields
      .filter(({ type }) => type === grafana.FieldType.number)
      .map((field) => ({
        name: grafana.getFieldDisplayName(field, frame, frames),
        points: field.values.flatMap((value, index): [number, number][] =>
          typeof value === 'number' && !Number.isNaN(value) ? [[time?.values[index] ?? index, value]] : [],
        ),
      }));
  });
}

function transform(panel: Panel, frames: DataFrame[], scope: Scope): Promise<DataFrame[]> {
  const unknown = (panel.transformations ?? []).filter(
    ({ id }) => grafana.standardTransformersRegistry.getIfExists(id) === undefined,
  );
  if (unknown.length > 0) {
    throw new Error(`no such transformation can be applied here: ${unknown.map(({ id }) => id).join(', ')}`);
  }
  // Grafana puts the variables into the whole of the transformations at once, as JSON.
  const transformations = JSON.parse(interpolate(JSON.stringify(panel.transformations ?? []), scope));
  const context: DataTransformContext = { interpolate: (text) => interpolate(text, scope) };
  return new Promise((resolve, reject) => {
    grafana.transformDataFrame(transformations, frames, context).subscribe({ next: resolve, error: reject });
  });
}

const linkOf = ({ title, href, target }: LinkModel) => ({ title, href, isNewTab: target === '_blank' });
