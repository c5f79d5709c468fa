import { TableCellHeight, TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DataTransformerConfig, DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import * as table from '@grafana/grafana-foundation-sdk/table';
import { type CellLink, JAEGER, JAEGER_URL } from './links.ts';
import { type Drawn, describe, NO_VALUE, type Step } from './panels.ts';
import { columns, withoutWhereEmpty } from './transformations.ts';

/** A column: its title, and how it shows what it has. */
export interface Column {
  readonly title: string;
  /** The field that it shows, of queries that do not name their columns by the titles themselves. */
  readonly field?: string;
  /** Of numbers and times. Text has none: of the version 2.0 Grafana would otherwise make 2. */
  readonly unit?: string;
  readonly width?: number;
  /** It takes the room that others leave, and no less than this. */
  readonly minWidth?: number;
  /** Stands in place of whatever the cell has. */
  readonly says?: string;
  readonly links?: readonly CellLink[];
  /** Texts and colours of values. */
  readonly values?: readonly NamedValue[];
  /** Colours the text of the cell from a value on. */
  readonly steps?: readonly Step[];
  /** What stands in an empty cell. */
  readonly empty?: string;
  readonly hidden?: boolean;
  /** For text in a calculated field, which Grafana takes for a number and would align right. */
  readonly isText?: boolean;
}

export interface NamedValue {
  readonly value: string | number;
  readonly text: string;
  readonly color: string;
}

/** The columns with the fields that they show, by title. */
export function withFields(shown: readonly Column[], fields: Readonly<Record<string, string>>): Column[] {
  return shown.map((column) => {
    const field = fields[column.title];
    if (field === undefined) throw new Error(`no field is said of the column ${column.title}`);
    return { ...column, field };
  });
}

/** A table of these columns, and of no other field. */
export function tablePanel(
  drawn: Drawn & { shown: readonly Column[]; sort?: { title: string; desc: boolean } },
): table.PanelBuilder {
  const { shown, sort, transformations = [] } = drawn;
  const panel = new table.PanelBuilder()
    .showHeader(true)
    .cellHeight(TableCellHeight.Sm)
    .filterable(true)
    .overrideByRegexp(...NO_VALUE);
  for (const column of shown) {
    panel.overrideByName(column.title, propertiesOf(column));
  }
  if (sort !== undefined) {
    panel.sortBy([new TableSortByFieldStateBuilder().displayName(sort.title).desc(sort.desc)]);
  }
  const all = [...transformations, ...renamed(shown), ...withoutEmptyLinks(shown)];
  return describe(panel, { ...drawn, transformations: all });
}

function renamed(shown: readonly Column[]): DataTransformerConfig[] {
  const fields = shown.flatMap(({ field, title }) => (field === undefined ? [] : [{ field, title }]));
  if (fields.length > 0 && fields.length < shown.length) throw new Error('a column shows no field');
  return fields.length === 0 ? [] : [columns(fields)];
}

/** Grafana cannot leave out a link; a column that leads to where no address is given goes as a whole. */
function withoutEmptyLinks(shown: readonly Column[]): DataTransformerConfig[] {
  return shown.some(({ title }) => title === JAEGER.title)
    ? [withoutWhereEmpty(JAEGER.title, JAEGER_URL)]
    : [];
}

function propertiesOf(column: Column): DynamicConfigValue[] {
  const { unit = 'string', width, minWidth, links, values, steps, empty, hidden, isText, says } = column;
  const properties: DynamicConfigValue[] = [];
  const set = (id: string, value: unknown): void => void properties.push({ id, value });
  set('unit', unit);
  if (width !== undefined) set('custom.width', width);
  if (minWidth !== undefined) set('custom.minWidth', minWidth);
  if (isText === true || values !== undefined) set('custom.align', 'left');
  if (links !== undefined) set('links', links);
  if (empty !== undefined) set('noValue', empty);
  if (hidden === true) set('custom.hideFrom', { viz: true, legend: false, tooltip: false });
  if (says !== undefined) {
    set('mappings', [{ type: 'regex', options: { pattern: '.+', result: { text: says, index: 0 } } }]);
  }
  if (values !== undefined) {
    set('mappings', [{ type: 'value', options: Object.fromEntries(values.map(mapping)) }]);
  }
  if (steps !== undefined) {
    set('thresholds', { mode: 'absolute', steps: steps.map(([value, color]) => ({ value, color })) });
    set('color', { mode: 'thresholds' });
  }
  if (values !== undefined || steps !== undefined) set('custom.cellOptions', { type: 'color-text' });
  return properties;
}

function mapping({ value, text, color }: NamedValue, index: number): [string, object] {
  return [String(value), { text, color, index }];
}
