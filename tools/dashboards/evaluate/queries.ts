import type { DataFrame } from '@grafana/data';
import type { Backends, Source } from './backends.ts';
import { clickhouseFramesOf } from './clickhouse-query.ts';
import { grafana } from './grafana.ts';
import { forPrometheus, forTempo, interpolate, type Scope } from './interpolate.ts';
import type { Panel, Target } from './model.ts';
import { exemplarFrame, prometheusFrames } from './prometheus-frames.ts';
import { type Integers, spansFrame, tracesFrame } from './tempo-frames.ts';
import { instantFrames, rangeFrames } from './tempo-metrics-frames.ts';
import type { View } from './variables.ts';

export interface QueryContext {
  backends: Backends;
  scope: Scope;
  view: View;
  integers: Integers;
  /** The least time between two points of Prometheus, as its data source is set to. */
  scrapeIntervalMs: number;
}

/** Points of a graph as wide as half a screen. */
const POINTS = 600;
const TEMPO_METRIC =
  /\|\s*(rate|count_over_time|avg_over_time|sum_over_time|max_over_time|min_over_time|quantile_over_time|histogram_over_time|compare)\s*\(/;

/** The frames of all queries of a panel, as its data sources make them of what the backends answer. */
export async function framesOf(panel: Panel, context: QueryContext): Promise<DataFrame[]> {
  const targets = (panel.targets ?? []).filter(({ hide }) => hide !== true);
  const searches = targets.filter(
    (target) => sourceOf(panel, target, context) === 'tempo' && isSearch(target),
  );
  if (searches.length > 1) throw new Error('Grafana replaces a second search of a panel by the first');
  const frames: DataFrame[] = [];
  for (const target of targets) {
    frames.push(...(await QUERIES[sourceOf(panel, target, context)](panel, target, context)));
  }
  return frames;
}

const QUERIES: Record<Source, (panel: Panel, target: Target, context: QueryContext) => Promise<DataFrame[]>> =
  { clickhouse, tempo, prometheus };

/** Whether the query returns spans or traces, not numbers over time. */
function isSearch({ query = '' }: Target): boolean {
  return !TEMPO_METRIC.test(query);
}

function sourceOf(panel: Panel, target: Target, { scope }: QueryContext): Source {
  const uid = interpolate(target.datasource?.uid ?? panel.datasource?.uid ?? '', scope);
  if (Object.hasOwn(QUERIES, uid)) return uid as Source;
  throw new Error(`the data source "${uid}" of query ${target.refId} is none of the stack's`);
}

function clickhouse(panel: Panel, target: Target, context: QueryContext): Promise<DataFrame[]> {
  // Its data source sets no least interval.
  const stepMs = stepOf(panel, target, { ...context, scrapeIntervalMs: 1 });
  return clickhouseFramesOf(target, { ...context.scope, ...interval(stepMs) }, context.backends);
}

async function tempo(
  _panel: Panel,
  target: Target,
  { backends, scope, view, integers }: QueryContext,
): Promise<DataFrame[]> {
  const query = interpolate(target.query ?? '', scope, forTempo);
  const range = { start: seconds(view.from), end: seconds(view.to) };
  if (isSearch(target)) {
    const response = await backends.get('tempo', '/api/search', {
      q: query,
      ...(target.limit && { limit: String(target.limit) }),
      ...(target.spss && { spss: String(target.spss) }),
      ...range,
    });
    const isSpans = target.tableType === 'spans';
    return [isSpans ? spansFrame(response, target.refId, integers) : tracesFrame(response, target.refId)];
  }
  const isInstant = target.metricsQueryType === 'instant';
  const response = await backends.get('tempo', `/api/metrics/${isInstant ? 'query' : 'query_range'}`, {
    q: query,
    ...range,
    ...(target.step !== undefined && { step: target.step }),
    ...(target.exemplars !== undefined && { exemplars: String(target.exemplars) }),
  });
  return isInstant ? instantFrames(response, view.to) : rangeFrames(response);
}

async function prometheus(panel: Panel, target: Target, context: QueryContext): Promise<DataFrame[]> {
  const { backends, scope, view } = context;
  const stepMs = stepOf(panel, target, context);
  const query = interpolate(target.expr ?? '', { ...scope, ...intervals(stepMs, context) }, forPrometheus);
  const aligned = (at: number): string => String((Math.floor(at / stepMs) * stepMs) / 1000);
  const range = { query, start: aligned(view.from), end: aligned(view.to) };
  const isOnly = (panel.targets ?? []).filter(({ format, hide }) => format === 'table' && !hide).length === 1;
  const frames: DataFrame[] = [];
  if (target.instant === true) {
    const { data } = await backends.get('prometheus', '/api/v1/query', { query, time: seconds(view.to) });
    frames.push(...prometheusFrames(data, target, isOnly));
  }
  if (target.range === true || target.instant !== true) {
    const step = String(stepMs / 1000);
    const { data } = await backends.get('prometheus', '/api/v1/query_range', { ...range, step });
    frames.push(...prometheusFrames(data, target, isOnly));
  }
  if (target.exemplar === true) {
    const { data } = await backends.get('prometheus', '/api/v1/query_exemplars', range);
    frames.push(...exemplarFrame(data, target.refId));
  }
  return frames;
}

/** The time between two points: so many that they fill the graph, and none below the least. */
function stepOf(panel: Panel, target: Target, { scope, view, scrapeIntervalMs }: QueryContext): number {
  const least = interpolate(target.interval ?? panel.interval ?? '', scope).replace(/^>/, '');
  const leastMs = least === '' ? scrapeIntervalMs : grafana.rangeUtil.intervalToMs(least);
  const exact = (view.to - view.from) / (panel.maxDataPoints ?? POINTS);
  return Math.max(grafana.rangeUtil.roundInterval(exact), leastMs);
}

/** What the data source of Prometheus puts into its queries. */
function intervals(stepMs: number, { scrapeIntervalMs }: QueryContext): Scope {
  const rateMs = Math.max(stepMs + scrapeIntervalMs, 4 * scrapeIntervalMs);
  return {
    ...interval(stepMs),
    __rate_interval: { value: inUnits(rateMs) },
    __rate_interval_ms: { value: String(rateMs) },
  };
}

const interval = (stepMs: number): Scope => ({
  __interval: { value: inUnits(stepMs) },
  __interval_ms: { value: String(stepMs) },
});

const inUnits = (milliseconds: number): string => grafana.rangeUtil.secondsToHms(milliseconds / 1000);

const seconds = (milliseconds: number): string => String(Math.floor(milliseconds / 1000));
