import { TableCellHeight, TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DataTransformerConfig, DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import * as table from '@grafana/grafana-foundation-sdk/table';
import type { CellLink } from './links.ts';
import { type Drawn, describe, NO_VALUE, type Step } from './panels.ts';
import { columns } from './transformations.ts';

/** A column: which field it shows, under which title, and how. */
export interface Column {
  readonly field: string;
  readonly title: string;
  /** Of numbers and times. Text has none: of the version 2.0 Grafana would otherwise make 2. */
  readonly unit?: string;
  readonly width?: number;
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
  const all: DataTransformerConfig[] = [...transformations, columns(shown)];
  return describe(panel, { ...drawn, transformations: all });
}

function propertiesOf(column: Column): DynamicConfigValue[] {
  const { unit = 'string', width, links, values, steps, empty, hidden, isText } = column;
  const properties: DynamicConfigValue[] = [];
  const set = (id: string, value: unknown): void => void properties.push({ id, value });
  set('unit', unit);
  if (width !== undefined) set('custom.width', width);
  if (isText === true || values !== undefined) set('custom.align', 'left');
  if (links !== undefined) set('links', links);
  if (empty !== undefined) set('noValue', empty);
  if (hidden === true) set('custom.hideFrom', { viz: true, legend: false, tooltip: false });
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
