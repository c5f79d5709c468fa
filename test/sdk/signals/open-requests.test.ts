import { describe, expect, test } from '@jest/globals';
import type { Attributes } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { OpenRequests } from '../../../src/sdk/signals/open-requests.ts';

function meterOfApplication() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const points = async (): Promise<[Attributes, number][]> => {
    exporter.reset();
    await provider.forceFlush();
    const metrics = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((s) => s.metrics));
    return metrics.flatMap(({ dataPoints }) =>
      dataPoints.map(({ attributes, value }): [Attributes, number] => [attributes, value as number]),
    );
  };
  return { meter: provider.getMeter('application'), points, close: () => provider.shutdown() };
}

const byMethod = (method: string): Attributes => ({ method });

describe('the number of open requests', () => {
  test('is told by method, when the meter asks', async () => {
    const { meter, points, close } = meterOfApplication();
    const requests = new OpenRequests(meter, byMethod);
    requests.change('ping', 1);
    requests.change('ping', 1);
    requests.change('tools/call', 1);
    expect(await points()).toEqual([
      [{ method: 'ping' }, 2],
      [{ method: 'tools/call' }, 1],
    ]);
    requests.change('ping', -1);
    requests.change('tools/call', -1);
    expect(await points()).toEqual([
      [{ method: 'ping' }, 1],
      [{ method: 'tools/call' }, 0],
    ]);
    await close();
  });

  test('is the sum of all managers that share a meter, until they release it', async () => {
    const { meter, points, close } = meterOfApplication();
    const [one, other] = [new OpenRequests(meter, byMethod), new OpenRequests(meter, byMethod)];
    one.change('ping', 1);
    other.change('ping', 1);
    expect(await points()).toEqual([[{ method: 'ping' }, 2]]);
    one.release();
    expect(await points()).toEqual([[{ method: 'ping' }, 1]]);
    await close();
  });

  test('is the sum where data processors make attributes alike', async () => {
    const { meter, points, close } = meterOfApplication();
    const requests = new OpenRequests(meter, () => ({ method: 'hidden' }));
    requests.change('ping', 1);
    requests.change('tools/call', 1);
    expect(await points()).toEqual([[{ method: 'hidden' }, 2]]);
    await close();
  });
});
