import { fileURLToPath } from 'node:url';
import { type Binaries, freePorts, type Stack, startStack } from '../../../tools/stack/index.ts';
import type { Check } from '../../../tools/support/checks.ts';
import { runOrThrow } from '../../../tools/support/children.ts';
import { pointsOf, SeriesCounter, type Shape, seriesOf } from './series.ts';
import { startSink } from './sink.ts';

export interface CardinalityRow extends Shape {
  points: number;
  series: number;
  predicted: number;
  /** What Prometheus itself counts. */
  inPrometheus: number;
  /** Of one export. */
  bytes: number;
  gzipBytes: number;
}

export interface CardinalityResult {
  rows: CardinalityRow[];
  /** Series that Prometheus has after several processes, one after the other, in the last shape but one. */
  churn: { metricSessionId: boolean; processes: number; series: number }[];
  checks: Check[];
}

const SHAPES: readonly Shape[] = [
  { tools: 5, errorTypes: 0, clients: 1 },
  { tools: 5, errorTypes: 2, clients: 10 },
  { tools: 20, errorTypes: 2, clients: 10 },
  { tools: 100, errorTypes: 3, clients: 100 },
];
const RESTARTED: Shape = SHAPES[1]!;
const RESTARTS = 4;
const LOAD = fileURLToPath(new URL('metrics-load.mjs', import.meta.url));

export interface CardinalityOptions {
  binaries: Binaries;
  folder: string;
  say(line: string): void;
  signal: AbortSignal;
}

/** Counts the series of real processes, as they leave the package and as a real Prometheus has them. */
export async function runCardinality(options: CardinalityOptions): Promise<CardinalityResult> {
  const { binaries, folder, say, signal } = options;
  const stack = await startStack({
    binaries,
    dataDir: `${folder}/prometheus`,
    logsDir: folder,
    ports: await freePorts(),
    services: ['prometheus'],
    signal,
  });
  try {
    const rows: CardinalityRow[] = [];
    for (const [index, shape] of SHAPES.entries()) {
      say(`series of ${shape.tools} tools, ${shape.errorTypes} kinds of errors, ${shape.clients} clients`);
      rows.push(await measure(shape, `shape-${index}`, stack));
      signal.throwIfAborted();
    }
    const churn = [];
    for (const metricSessionId of [true, false]) {
      say(`series of ${RESTARTS} processes, one after the other, metricSessionId: ${metricSessionId}`);
      const service = `restarted-${metricSessionId}`;
      for (let run = 0; run < RESTARTS; run += 1) await load(RESTARTED, service, stack, metricSessionId);
      churn.push({ metricSessionId, processes: RESTARTS, series: await seriesIn(stack, service) });
      signal.throwIfAborted();
    }
    return { rows, churn, checks: checksOf(rows) };
  } finally {
    await stack.stop();
  }
}

function checksOf(rows: readonly CardinalityRow[]): Check[] {
  const right = rows.filter(({ series, predicted }) => series === predicted).length;
  const agreed = rows.filter(({ series, inPrometheus }) => series === inPrometheus).length;
  return [
    { name: 'the formula gives the series', ok: right === rows.length, found: `${right} of ${rows.length}` },
    { name: 'Prometheus has as many', ok: agreed === rows.length, found: `${agreed} of ${rows.length}` },
  ];
}

async function measure(shape: Shape, service: string, stack: Stack): Promise<CardinalityRow> {
  const counter = await load(shape, service, stack, true);
  return {
    ...shape,
    points: counter.points,
    series: counter.series,
    predicted: seriesOf(pointsOf(shape)),
    inPrometheus: await seriesIn(stack, service),
    bytes: counter.bytes,
    gzipBytes: counter.wireBytes,
  };
}

/** Runs one process and passes on to Prometheus what it exports. */
async function load(
  shape: Shape,
  service: string,
  stack: Stack,
  metricSessionId: boolean,
): Promise<SeriesCounter> {
  const counter = new SeriesCounter();
  const sink = await startSink(async ({ path, body, wireBytes }) => {
    if (path !== '/v1/metrics') return;
    counter.add(JSON.parse(body.toString('utf8')));
    counter.bytes += body.length;
    counter.wireBytes += wireBytes;
    const response = await fetch(`${stack.urls.prometheus}/api/v1/otlp/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`Prometheus answered ${response.status}: ${await response.text()}`);
  });
  try {
    const settings = JSON.stringify({ ...shape, endpoint: sink.url, service, metricSessionId });
    await runOrThrow(process.execPath, [LOAD, settings], {
      env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
      timeoutMs: 60_000,
    });
  } finally {
    await sink.close();
  }
  return counter;
}

/** How many series of a service Prometheus has, `target_info` not counted. */
async function seriesIn(stack: Stack, service: string): Promise<number> {
  const query = `count({service_name="${service}", __name__=~"mcp_.+"})`;
  const response = await fetch(`${stack.urls.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`, {
    signal: AbortSignal.timeout(10_000),
  });
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}
