import uPlot from 'uplot';
import { formatDay } from '../format.ts';

export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly color: 'series-1' | 'series-2' | 'series-3' | 'bad';
  /** Counts of each step are drawn as bars, everything else as lines. */
  readonly isBar?: boolean;
}

/** What is plotted, as far as the look of the plot rests on it. */
export interface Plotted {
  readonly stepMs: number;
  readonly series: readonly Series[];
  /** Values are whole numbers. */
  readonly isCount?: boolean;
  /** How values are written. */
  readonly format: (value: number) => string;
  /** Told of a stretch of time that was dragged over. */
  readonly onRange: (from: number, to: number) => void;
}

export interface PlotLook {
  readonly width: number;
  readonly font: string;
  /** Value of a custom property of the styles. */
  readonly color: (name: string) => string;
}

const HEIGHT = 180;
/** In pixels: the last label of the time axis may stand at its end. */
const HALF_A_LABEL = 32;
/** In pixels: of the axis of values, at least, and of a character of its labels. */
const [LEAST_AXIS, CHARACTER] = [44, 6.4];
const DAY = 86_400_000;
/** Steps of an axis of counts: 1, 2, 5, 10, 20 … */
const WHOLE_STEPS = Array.from({ length: 10 }, (_, i) => [1, 2, 5].map((digit) => digit * 10 ** i)).flat();
/** Shortest stretch, in pixels, that counts as dragged over. */
const SHORTEST_DRAG = 8;

/** @param latest - the properties as they are when something happens, not as they were when the plot was made */
export function plotOptions(
  latest: { readonly current: Plotted },
  look: PlotLook,
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const { series, format, isCount } = latest.current;
  const axis = { stroke: look.color('muted'), font: look.font, ticks: { show: false } };
  const grid = { stroke: look.color('line'), width: 1 };
  return {
    width: look.width,
    height: HEIGHT,
    ms: 1,
    padding: [12, HALF_A_LABEL, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7 },
      dataIdx: (plot, _, closest, time) => bucketAt(plot.data[0], closest, time),
      drag: { x: true, y: false, setScale: false, dist: SHORTEST_DRAG },
      sync: { key: 'overview' },
    },
    scales: { y: { range: (_, __, max) => [0, niceTop(max)] } },
    axes: [
      { ...axis, grid: { show: false }, values: (_, splits) => timeLabels(splits), size: 30, space: 72 },
      {
        ...axis,
        grid,
        size: (_, labels) => axisWidth(labels),
        space: 36,
        values: (_, splits) => splits.map((each) => format(each)),
        ...(isCount && { incrs: WHOLE_STEPS }),
      },
    ],
    series: [{}, ...series.map((each) => drawn(each, look))],
    hooks: {
      setCursor: [(plot) => onCursor(plot.cursor.idxs?.[1] ?? null)],
      setSelect: [(plot) => onSelect(plot, latest.current)],
    },
  };
}

function drawn({ label, color, isBar }: Series, look: PlotLook): uPlot.Series {
  const stroke = look.color(color);
  if (isBar) {
    const paths = uPlot.paths.bars?.({ size: [0.8, 24], align: 1 });
    return { label, stroke, width: 0, fill: `${stroke}b0`, points: { show: false }, ...(paths && { paths }) };
  }
  return { label, stroke, width: 1.75, points: { size: 5, fill: stroke, filter: lonely } };
}

/** Lines end where nothing was measured. What has no neighbours would not be seen: it is a point, however dense the plot. */
function lonely(plot: uPlot, series: number, areAllShown: boolean): number[] | null {
  if (areAllShown) return null;
  return lonelyPlaces(plot.data[series] ?? []);
}

/** Places of values that have no value beside them. */
export function lonelyPlaces(values: ArrayLike<number | null | undefined>): number[] {
  const isMissing = (place: number): boolean => (values[place] ?? null) === null;
  return Array.from(values, (_, i) => i).filter((i) => !isMissing(i) && isMissing(i - 1) && isMissing(i + 1));
}

function onSelect(plot: uPlot, { onRange, stepMs }: Plotted): void {
  const { left, width } = plot.select;
  if (width < SHORTEST_DRAG) return;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  const from = Math.floor(plot.posToVal(left, 'x'));
  onRange(from, Math.max(Math.ceil(plot.posToVal(left + width, 'x')), from + stepMs));
}

/** The bucket that holds the time, rather than the one whose start is closest. */
function bucketAt(times: ArrayLike<number>, closest: number, time: number): number {
  return (times[closest] ?? 0) > time ? Math.max(0, closest - 1) : closest;
}

function niceTop(max: number | null): number {
  return max === null || max <= 0 ? 1 : max * 1.08;
}

/** Wide enough for the longest label. */
function axisWidth(labels: readonly string[] | null): number {
  const longest = Math.max(0, ...(labels ?? []).map((label) => label.length));
  return Math.max(LEAST_AXIS, Math.ceil(longest * CHARACTER) + 16);
}

function timeLabels(splits: readonly number[]): string[] {
  const span = (splits.at(-1) ?? 0) - (splits[0] ?? 0);
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((time, i) => {
    const date = new Date(time);
    const before = splits[i - 1];
    const isNewDay = before === undefined || new Date(before).getDate() !== date.getDate();
    const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
    if (step >= DAY) return formatDay(time, splits.at(-1) ?? time);
    if (isNewDay && span > DAY / 2) return formatDay(time, time);
    return step < 60_000 ? `${clock}:${two(date.getSeconds())}` : clock;
  });
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
