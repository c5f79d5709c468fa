import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Attributes, ValueType } from '@opentelemetry/api';
import { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { type OtlpSink, pointsOf, startOtlpSink } from '../support/otlp-sink.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { stderrOf } from '../support/stderr.ts';

let sink: OtlpSink;
let folder: RecordingFolder;
beforeEach(async () => {
  sink = await startOtlpSink();
  folder = recordingFolder();
});
afterEach(async () => {
  await sink.close();
  folder.remove();
});

const ODD = {
  nan: Number.NaN,
  list: [1, Number.POSITIVE_INFINITY],
  huge: 1e300,
  'beyond.int64': 2 ** 63,
  lowest: -(2 ** 63),
  fine: 2 ** 53,
  half: 0.5,
};
const SHOWN = {
  nan: 'NaN',
  list: ['1', 'Infinity'],
  huge: '1e+300',
  'beyond.int64': '9223372036854776000',
  lowest: '-9223372036854776000',
  fine: 2 ** 53,
  half: 0.5,
};

/** Where a JSON value holds what the Collector's reader refuses: `null`, or a number that is no 64-bit integer. */
function refused(value: unknown, path = ''): string[] {
  if (value === null) return [path];
  if (typeof value !== 'object') {
    const isInt = /\.(intValue|asInt)$/.test(path);
    return isInt && (!Number.isInteger(value) || Math.abs(value as number) >= 2 ** 63) ? [path] : [];
  }
  return Object.entries(value).flatMap(([key, inner]) => refused(inner, `${path}.${key}`));
}

/** Says what `record` makes the exporters send, from the outside and into files alike. */
async function exported(record: (telemetry: TelemetryManager) => void): Promise<string[]> {
  for (const config of [
    { exporterEndpoint: sink.url },
    { exporterType: 'file' as const, exporterEndpoint: folder.dir },
  ]) {
    const telemetry = new TelemetryManager({ shutdownTimeoutMs: 10_000, ...config });
    record(telemetry);
    await telemetry.shutdown();
  }
  const files = [...folder.lines('traces'), ...folder.lines('metrics')];
  return [...sink.requests.map(({ body }) => JSON.parse(body)), ...files].flatMap((body) => refused(body));
}

describe('what OTLP cannot express costs no batch', () => {
  test('in attributes of spans, events and links', async () => {
    const found = await exported((telemetry) => {
      telemetry.startActiveSpan('given', ODD, () => {});
      const span = telemetry.tracer.startSpan('set', { links: [linkTo('a'.repeat(32), ODD)] });
      span.setAttributes(ODD).addEvent('event', ODD).end();
    });
    expect(found).toEqual([]);
    const given = sink.spans.find(({ name }) => name === 'given');
    expect(given?.attributes).toMatchObject(SHOWN);
    const set = sink.spans.find(({ name }) => name === 'set') as any;
    expect(set.attributes).toMatchObject(SHOWN);
    expect(set.events[0].attributes[0]).toEqual({ key: 'nan', value: { stringValue: 'NaN' } });
    expect(set.links[0].attributes[0]).toEqual({ key: 'nan', value: { stringValue: 'NaN' } });
  });

  test('in resource attributes and in those that a data processor sets', async () => {
    const telemetry = new TelemetryManager({
      exporterEndpoint: sink.url,
      resourceAttributes: { 'deployment.weight': 1e20 },
      dataProcessors: [(attributes) => ({ ...attributes, ratio: 0 / 0 })],
    });
    telemetry.startActiveSpan('processed', {}, () => {});
    await telemetry.shutdown();
    expect(sink.spans[0]?.resource['deployment.weight']).toBe('100000000000000000000');
    expect(sink.spans[0]?.attributes['ratio']).toBe('NaN');
  });

  test('in links, times and names: the link, the event or the span is left out alone', async () => {
    const said = await stderrOf(async () => {
      const found = await exported(({ tracer }) => {
        tracer.startSpan('no time', { startTime: new Date(Number.NaN) }).end();
        tracer.startSpan('too late', { startTime: new Date('2600-01-01') }).end(new Date('2600-01-01'));
        tracer.startSpan('too early', { startTime: new Date('1960-01-01') }).end();
        const span = tracer.startSpan('odd', { links: [linkTo('cafe'), linkTo('b'.repeat(32))] });
        span.addEvent('never', {}, new Date(Number.NaN)).addEvent('now');
        span.updateName(5 as unknown as string).end();
      });
      expect(found).toEqual([]);
    });
    const spans = sink.spans as any[];
    expect(spans.map(({ name }) => name)).toEqual(['5']);
    expect(spans[0]).toMatchObject({ droppedLinksCount: 1, droppedEventsCount: 1 });
    expect(spans[0].links.map(({ traceId }: any) => traceId)).toEqual(['b'.repeat(32)]);
    expect(spans[0].events.map(({ name }: any) => name)).toEqual(['now']);
    expect(said).toContain('a span is left out: its times are not between the years 1970 and 2554');
    expect(said).toMatch(/; 3 spans were lost/);
  });
});

describe('one value that is no finite number', () => {
  const recorders: [string, (telemetry: TelemetryManager) => (value: number) => void][] = [
    ['getHistogram', (telemetry) => telemetry.getHistogram('m')],
    ['getIncrementCounter', (telemetry) => telemetry.getIncrementCounter('m')],
    ['meter.createHistogram', ({ meter }) => bound(meter.createHistogram('m'))],
    ['meter.createCounter', ({ meter }) => bound(meter.createCounter('m'))],
    ['meter.createUpDownCounter', ({ meter }) => bound(meter.createUpDownCounter('m'))],
    ['meter.createGauge', ({ meter }) => bound(meter.createGauge('m'))],
  ];
  test.each(recorders)('does not stay in the series of %s', async (name, recorder) => {
    const said = await stderrOf(async () => {
      const telemetry = new TelemetryManager({ exporterEndpoint: sink.url });
      const record = recorder(telemetry);
      for (const value of [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2])
        record(value);
      await telemetry.shutdown();
    });
    const [point] = sink.points.filter(({ metric }) => metric === 'm');
    expect(point?.sum ?? point?.value).toBe(name.endsWith('Gauge') ? 2 : 3);
    expect(sink.requests.flatMap(({ body }) => refused(JSON.parse(body)))).toEqual([]);
    // Each is said once in a process.
    if (name === 'getHistogram') {
      expect(said).toContain('mcp-sessionscope: a value of m is left out: NaN is not a finite number\n');
    }
  });

  test('observed by a callback is left out of one export, and the next value is exported', async () => {
    const telemetry = new TelemetryManager({ exporterEndpoint: sink.url });
    const values = [Number.NaN, 7];
    telemetry.meter.createObservableGauge('observed').addCallback((result) => {
      result.observe(values.shift() ?? 8);
      result.observe(1, { which: 'other' });
    });
    telemetry.meter.createObservableCounter('whole', { valueType: ValueType.INT }).addCallback((result) => {
      result.observe(1e300);
    });
    await telemetry.forceFlush();
    await telemetry.shutdown();
    const bodies = sink.requests.filter(({ path }) => path.endsWith('/metrics'));
    expect(bodies.flatMap(({ body }) => refused(JSON.parse(body)))).toEqual([]);
    const observed = bodies.map(({ body }) =>
      pointsOf(JSON.parse(body))
        .filter(({ metric }) => metric === 'observed')
        .map(({ value }) => value),
    );
    expect(observed).toEqual([[1], [7, 1]]);
    expect(sink.metricNames).not.toContain('whole');
  });

  test('in the attributes of a value, or attributes without an end, cost neither value nor handler', async () => {
    const telemetry = new TelemetryManager({ exporterEndpoint: sink.url });
    const endless: Record<string, unknown> = {};
    endless['itself'] = endless;
    const counter = telemetry.meter.createCounter('m');
    counter.add(1, { ratio: Number.NaN });
    counter.add(1, endless as Attributes);
    counter.add(1, { id: 5n } as unknown as Attributes);
    telemetry.getIncrementCounter('n')(1, { ratio: Number.NaN });
    await telemetry.shutdown();
    const points = sink.points.filter(({ metric }) => metric === 'm');
    expect(points.map(({ attributes }) => attributes)).toContainEqual({ ratio: 'NaN' });
    expect(points.map(({ attributes }) => attributes)).toContainEqual({ id: '5' });
    expect(sink.points.find(({ metric }) => metric === 'n')?.attributes).toMatchObject({ ratio: 'NaN' });
  });
});

function linkTo(traceId: string, attributes: Attributes = {}) {
  return { context: { traceId, spanId: 'c'.repeat(16), traceFlags: 1 }, attributes };
}

function bound(instrument: { add(value: number): void } | { record(value: number): void }) {
  return (value: number): void => ('add' in instrument ? instrument.add(value) : instrument.record(value));
}
