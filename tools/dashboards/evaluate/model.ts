import type { FieldConfigSource } from '@grafana/data';

/** A dashboard as the JSON has it, as far as its panels are evaluated. */
export interface Dashboard {
  uid: string;
  title: string;
  panels: Panel[];
  templating?: { list: VariableModel[] };
  annotations?: { list: unknown[] };
}

export interface Panel {
  id: number;
  type: string;
  title?: string;
  description?: string;
  datasource?: DatasourceRef;
  targets?: Target[];
  transformations?: { id: string; options: Record<string, unknown>; disabled?: boolean }[];
  fieldConfig?: FieldConfigSource;
  options?: Record<string, any>;
  links?: { title: string; url: string }[];
  maxDataPoints?: number;
  /** The least interval between two points. */
  interval?: string;
  timeFrom?: string;
  /** Of a row. */
  panels?: Panel[];
}

export interface DatasourceRef {
  type?: string;
  uid?: string;
}

/** A query of ClickHouse, Tempo or Prometheus. */
export interface Target {
  refId: string;
  datasource?: DatasourceRef;
  hide?: boolean;
  // ClickHouse
  rawSql?: string;
  // Tempo
  queryType?: string;
  query?: string;
  limit?: number;
  spss?: number;
  tableType?: 'spans' | 'traces' | 'raw';
  metricsQueryType?: 'range' | 'instant';
  step?: string;
  exemplars?: number;
  // Prometheus
  expr?: string;
  /** A number for ClickHouse. */
  format?: 'time_series' | 'table' | 'heatmap' | number;
  instant?: boolean;
  range?: boolean;
  exemplar?: boolean;
  legendFormat?: string;
  interval?: string;
}

export interface VariableModel {
  name: string;
  type: string;
  query?: unknown;
  regex?: string;
  current?: { value?: unknown; text?: unknown };
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string | null;
  datasource?: DatasourceRef;
  options?: { value: string; text: string }[];
}

/** All panels of a dashboard that show something, those of collapsed rows included. */
export function panelsOf(dashboard: Dashboard): Panel[] {
  const inside = (panels: Panel[]): Panel[] =>
    panels.flatMap((panel) => (panel.type === 'row' ? inside(panel.panels ?? []) : [panel]));
  return inside(dashboard.panels);
}
