import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type Panel,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** All dashboards carry it. */
const TAG = 'mcp-sessionscope';
const GRID_WIDTH = 24;
const SCHEMA_VERSION = 39;

/** A panel with its place: width of 24, height in rows of the grid. */
export interface Placed {
  readonly panel: PanelBuilder;
  readonly width: number;
  readonly height: number;
}

/** A heading, and what stands below it, from left to right. */
export interface Section {
  readonly title?: string;
  readonly panels: readonly Placed[];
}

export interface DashboardParts {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly refresh: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly sections: readonly Section[];
}

export function place(width: number, height: number, panel: PanelBuilder): Placed {
  return { panel, width, height };
}

/** The dashboard with its panels numbered and laid out, in lines from left to right. */
export function dashboard(parts: DashboardParts): Dashboard {
  const builder = new DashboardBuilder(parts.title)
    .uid(parts.uid)
    .description(parts.description)
    .tags([TAG])
    .editable()
    .time({ from: parts.from, to: 'now' })
    .timezone('browser')
    .refresh(parts.refresh)
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...parts.variables]);
  let y = 0;
  let id = 1;
  for (const { title, panels } of parts.sections) {
    if (title !== undefined) {
      builder.withRow(new RowBuilder(title).id(id++).gridPos({ x: 0, y, w: GRID_WIDTH, h: 1 }));
      y += 1;
    }
    let x = 0;
    let lineHeight = 0;
    for (const { panel, width, height } of panels) {
      if (x + width > GRID_WIDTH) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      builder.withPanel(panel.id(id++).gridPos({ x, y, w: width, h: height }));
      x += width;
      lineHeight = Math.max(lineHeight, height);
    }
    y += lineHeight;
  }
  const built = builder.build();
  // Grafana takes null for new, where the builder leaves the member out.
  return { ...built, id: null, schemaVersion: SCHEMA_VERSION } as unknown as Dashboard;
}

interface PanelBuilder extends Builder<Panel> {
  id(id: number): this;
  gridPos(place: { x: number; y: number; w: number; h: number }): this;
}
