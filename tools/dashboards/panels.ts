import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DataTransformerConfig,
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { PROMETHEUS } from './variables.ts';

/** What every panel has to say. */
export interface About {
  readonly title: string;
  /** What it shows. */
  readonly shows: string;
  /** What to do when it shows nothing. */
  readonly whenEmpty: string;
  readonly unit: string;
}

export interface Drawn extends About {
  readonly targets: readonly Builder<Dataquery>[];
  readonly datasource?: { type: string; uid: string };
  readonly transformations?: readonly DataTransformerConfig[];
}

/** Value and colour from which on it counts. */
export type Step = readonly [from: number | null, color: string];

const NEUTRAL: readonly Step[] = [[null, 'text']];

/** One number: the newest of what the query gives, or the sum of its steps. */
export function statPanel(
  drawn: Drawn & { steps?: readonly Step[]; decimals?: number; calc?: 'lastNotNull' | 'sum' },
): stat.PanelBuilder {
  const panel = new stat.PanelBuilder()
    .overrideByRegexp(...NO_VALUE)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs([drawn.calc ?? 'lastNotNull']).values(false))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(drawn.steps ?? NEUTRAL));
  if (drawn.decimals !== undefined) panel.decimals(drawn.decimals);
  return describe(panel, drawn);
}

export function timePanel(drawn: Drawn & { stacked?: boolean }): timeseries.PanelBuilder {
  const panel = new timeseries.PanelBuilder()
    .overrideByRegexp(...NO_VALUE)
    .min(0)
    .fillOpacity(drawn.stacked === true ? 30 : 8)
    .lineWidth(1)
    .showPoints(VisibilityMode.Auto)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (drawn.stacked === true) panel.stacking(STACKED);
  return describe(panel, drawn);
}

export function barPanel(drawn: Drawn): bargauge.PanelBuilder {
  const panel = new bargauge.PanelBuilder()
    .overrideByRegexp(...NO_VALUE)
    .orientation(VizOrientation.Horizontal)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.ContinuousBlues));
  return describe(panel, drawn);
}

export function heatPanel(drawn: Drawn): heatmap.PanelBuilder {
  const panel = new heatmap.PanelBuilder()
    .overrideByRegexp(...NO_VALUE)
    .calculate(false)
    .color(
      new heatmap.HeatmapColorOptionsBuilder()
        .mode(heatmap.HeatmapColorMode.Scheme)
        .scheme('Blues')
        .steps(64),
    )
    .cellValues(new heatmap.CellValuesBuilder().unit('short'))
    .yAxis(new heatmap.YAxisConfigBuilder().unit(drawn.unit))
    .exemplarsColor('orange')
    .tooltip(new heatmap.HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).yHistogram(true))
    .showLegend();
  return describe(panel, drawn);
}

/** What stands in place of one value that is missing, where the panel has others; also in legends. */
export const NO_VALUE: [string, { id: string; value: string }[]] = ['/.*/', [{ id: 'noValue', value: '–' }]];

/** Sets what is common to all panels. */
export function describe<P extends Describable>(panel: P, drawn: Drawn): P {
  panel
    .title(drawn.title)
    .description(`${drawn.shows}\n\nNothing here? ${drawn.whenEmpty}`)
    .noValue(drawn.whenEmpty)
    .unit(drawn.unit)
    .datasource(drawn.datasource ?? PROMETHEUS)
    .targets([...drawn.targets]);
  if (drawn.transformations !== undefined) panel.transformations([...drawn.transformations]);
  return panel;
}

export function thresholds(steps: readonly Step[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));
}

const STACKED = new StackingConfigBuilder().mode(StackingMode.Normal).group('A');

interface Describable {
  title(text: string): this;
  description(text: string): this;
  noValue(text: string): this;
  unit(unit: string): this;
  datasource(ref: { type: string; uid: string }): this;
  targets(targets: Builder<Dataquery>[]): this;
  transformations(list: DataTransformerConfig[]): this;
}
