import { millisToHrTime } from '@opentelemetry/core';
import type { MetricReader, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics';

/**
 * The values of all instruments, without waiting: nothing can be awaited when the process exits, and the reader's own
 * `collect` awaits observable instruments, which keep their last value here. Where the SDK's inner parts do not look as
 * they do in the pinned version, there are no values.
 */
export function collectNow(reader: MetricReader): ResourceMetrics | undefined {
  const collector = (reader as unknown as { _sdkMetricProducer?: Collector })._sdkMetricProducer;
  const shared = collector?._sharedState;
  if (shared?.meterSharedStates === undefined) return undefined;
  const time = millisToHrTime(Date.now());
  const scopeMetrics = Array.from(shared.meterSharedStates.values(), (meter): ScopeMetrics => {
    const storages = meter.metricStorageRegistry.getStorages(collector as Collector);
    const collected = storages.map((storage) => storage.collect(collector as Collector, time));
    return { scope: meter._instrumentationScope, metrics: collected.filter((each) => each != null) };
  }).filter(({ metrics }) => metrics.length > 0);
  return scopeMetrics.length === 0 ? undefined : { resource: shared.resource, scopeMetrics };
}

/** What `MetricReader.collect` asks, as it is in the pinned version. */
interface Collector {
  readonly _sharedState?: {
    readonly resource: ResourceMetrics['resource'];
    readonly meterSharedStates?: Map<string, MeterState>;
  };
}

interface MeterState {
  readonly _instrumentationScope: ScopeMetrics['scope'];
  readonly metricStorageRegistry: { getStorages(collector: Collector): Storage[] };
}

interface Storage {
  collect(collector: Collector, time: [number, number]): ScopeMetrics['metrics'][number] | null | undefined;
}
