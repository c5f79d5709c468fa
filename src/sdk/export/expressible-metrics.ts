import { ValueType } from '@opentelemetry/api';
import {
  type DataPoint,
  DataPointType,
  type ExponentialHistogram,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { reportFailure } from '../diagnostics/guard.ts';
import { expressibleAttributes, isInt64 } from '../signals/expressible.ts';

/**
 * The metrics in a form that every receiver takes: one number that OTLP cannot express would cost the whole batch, and
 * in a series that adds up it would come again with each export. What is left out is said once per metric.
 */
export function expressibleMetrics(metrics: ResourceMetrics): ResourceMetrics {
  return {
    ...metrics,
    scopeMetrics: metrics.scopeMetrics.map((scoped) => ({
      ...scoped,
      metrics: scoped.metrics.flatMap(expressibleMetric),
    })),
  };
}

function expressibleMetric(metric: MetricData): MetricData[] {
  const points: readonly AnyPoint[] = metric.dataPoints;
  const dataPoints = points.flatMap((point) => {
    const value = expressibleValue(metric, point.value);
    if (value !== point.value) {
      reportFailure(`a value of ${metric.descriptor.name} is left out`, 'it is not a finite number');
    }
    return value === undefined
      ? []
      : [{ ...point, value, attributes: expressibleAttributes(point.attributes) }];
  });
  if (dataPoints.length === 0 && points.length > 0) return [];
  const { descriptor } = metric;
  const [unit, description] = [String(descriptor.unit), String(descriptor.description)];
  return [{ ...metric, descriptor: { ...descriptor, unit, description }, dataPoints } as MetricData];
}

type AnyPoint = DataPoint<number | AnyHistogram>;
type AnyHistogram = Histogram | ExponentialHistogram;

/** `undefined` where nothing of it can be told. */
function expressibleValue(
  { dataPointType, descriptor }: MetricData,
  value: AnyPoint['value'],
): AnyPoint['value'] | undefined {
  switch (dataPointType) {
    case DataPointType.HISTOGRAM:
      return (value as Histogram).buckets.boundaries.every(Number.isFinite)
        ? expressibleHistogram(value as Histogram)
        : undefined;
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return expressibleHistogram(value as ExponentialHistogram);
    default:
      return (descriptor.valueType === ValueType.INT ? isInt64 : Number.isFinite)(value as number)
        ? value
        : undefined;
  }
}

/** Its counts are good whatever was counted; sum, smallest and largest value may be absent. */
function expressibleHistogram(histogram: AnyHistogram): AnyHistogram {
  const wrong = (['sum', 'min', 'max'] as const).filter((key) => {
    const value = histogram[key];
    return value !== undefined && !Number.isFinite(value);
  });
  if (wrong.length === 0) return histogram;
  const kept = { ...histogram };
  for (const key of wrong) delete kept[key];
  return kept;
}
