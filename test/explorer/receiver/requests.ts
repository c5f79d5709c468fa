import type { JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';

/** Random requests in OTLP JSON, with anything that the definitions allow. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', '\ufeff', '</script>', '\u202e'),
);
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'));
const traceId = fc.oneof(hex(16), hex(3), fc.constant(''));
const spanId = fc.oneof(hex(8), hex(9), fc.constant(''));
const uint32 = fc.oneof(fc.constant(0), fc.nat({ max: 2 ** 32 - 1 }));
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const double = fc.double().map((value): JsonValue => (Number.isFinite(value) ? value : String(value)));

const { value: anyValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<JsonValue>({}),
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: int64 }),
    fc.record({ doubleValue: double }),
    fc.record({
      bytesValue: fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    }),
    fc.record({ arrayValue: some({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
    fc.record({
      kvlistValue: some({ values: fc.array(some({ key: text, value: tie('value') }), { maxLength: 3 }) }),
    }),
  ),
}));

const attributes = fc.array(some({ key: text, value: anyValue }), { maxLength: 3 });
const resource = some({ attributes, droppedAttributesCount: uint32 });
const scope = some({ name: text, version: text, attributes, droppedAttributesCount: uint32 });
const event = some({ timeUnixNano: uint64, name: text, attributes, droppedAttributesCount: uint32 });
const link = some({ traceId, spanId, traceState: text, attributes, flags: uint32 });
const span = some({
  traceId,
  spanId,
  traceState: text,
  parentSpanId: spanId,
  flags: uint32,
  name: text,
  kind: fc.integer({ min: 0, max: 7 }),
  startTimeUnixNano: uint64,
  endTimeUnixNano: uint64,
  attributes,
  droppedAttributesCount: uint32,
  events: fc.array(event, { maxLength: 2 }),
  links: fc.array(link, { maxLength: 2 }),
  status: some({ message: text, code: fc.integer({ min: 0, max: 3 }) }),
});

export const traceRequest: fc.Arbitrary<JsonValue> = some({
  resourceSpans: fc.array(
    some({
      resource,
      scopeSpans: fc.array(some({ scope, spans: fc.array(span, { maxLength: 3 }), schemaUrl: text }), {
        maxLength: 2,
      }),
      schemaUrl: text,
    }),
    { maxLength: 2 },
  ),
});

const times = { startTimeUnixNano: uint64, timeUnixNano: uint64, attributes, flags: uint32 };
const number = fc.oneof(
  some({ ...times, asDouble: double }),
  some({ ...times, asInt: int64 }),
  some({
    ...times,
    exemplars: fc.array(some({ timeUnixNano: uint64, asInt: int64, filteredAttributes: attributes })),
  }),
);
const buckets = some({ offset: int32, bucketCounts: fc.array(uint64, { maxLength: 4 }) });
const extremes = { sum: double, min: double, max: double };
const histogram = some({
  ...times,
  ...extremes,
  count: uint64,
  bucketCounts: fc.array(uint64, { maxLength: 4 }),
  explicitBounds: fc.array(double, { maxLength: 3 }),
});
const exponential = some({
  ...times,
  ...extremes,
  count: uint64,
  scale: int32,
  zeroCount: uint64,
  positive: buckets,
  negative: buckets,
  zeroThreshold: double,
});
const quantile = some({ quantile: double, value: double });
const summary = some({
  ...times,
  count: uint64,
  sum: double,
  quantileValues: fc.array(quantile, { maxLength: 2 }),
});
const temporality = fc.integer({ min: 0, max: 2 });
const points = <T>(point: fc.Arbitrary<T>) => fc.array(point, { maxLength: 2 });
const named = { name: text, description: text, unit: text, metadata: attributes };
const metric = fc.oneof(
  some({ ...named, gauge: some({ dataPoints: points(number) }) }),
  some({
    ...named,
    sum: some({ dataPoints: points(number), aggregationTemporality: temporality, isMonotonic: fc.boolean() }),
  }),
  some({ ...named, histogram: some({ dataPoints: points(histogram), aggregationTemporality: temporality }) }),
  some({
    ...named,
    exponentialHistogram: some({ dataPoints: points(exponential), aggregationTemporality: temporality }),
  }),
  some({ ...named, summary: some({ dataPoints: points(summary) }) }),
);

export const metricsRequest: fc.Arbitrary<JsonValue> = some({
  resourceMetrics: fc.array(
    some({
      resource,
      scopeMetrics: fc.array(some({ scope, metrics: fc.array(metric, { maxLength: 2 }) }), { maxLength: 2 }),
    }),
    { maxLength: 2 },
  ),
});

const logRecord = some({
  timeUnixNano: uint64,
  observedTimeUnixNano: uint64,
  severityNumber: fc.integer({ min: 0, max: 30 }),
  severityText: text,
  body: anyValue,
  attributes,
  droppedAttributesCount: uint32,
  flags: uint32,
  traceId,
  spanId,
  eventName: text,
});

export const logsRequest: fc.Arbitrary<JsonValue> = some({
  resourceLogs: fc.array(
    some({
      resource,
      scopeLogs: fc.array(some({ scope, logRecords: fc.array(logRecord, { maxLength: 3 }) }), {
        maxLength: 2,
      }),
    }),
    { maxLength: 2 },
  ),
});

/** Any of the members, or none, in any order. */
function some(members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<JsonValue> {
  return fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<JsonValue>;
}
