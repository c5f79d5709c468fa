import {
  create,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BadData } from '../../../src/explorer/receiver/bad-data.ts';
import { ExportLogsServiceRequestSchema } from '../../../src/explorer/receiver/generated/opentelemetry/proto/collector/logs/v1/logs_service_pb.ts';
import { ExportMetricsServiceRequestSchema } from '../../../src/explorer/receiver/generated/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.ts';
import { ExportTraceServiceRequestSchema } from '../../../src/explorer/receiver/generated/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';
import { readJson } from '../../../src/explorer/receiver/json-reader.ts';
import { readProtobuf } from '../../../src/explorer/receiver/protobuf-reader.ts';
import { logsRequest, metricsRequest, traceRequest } from './requests.ts';

const RUNS = { numRuns: 300 };

/** The JSON of protobuf's own library, which has ids in base64 and 64-bit integers as OTLP has them. */
const oracle = (schema: typeof ExportTraceServiceRequestSchema, bytes: Uint8Array): JsonValue =>
  toJson(schema, fromBinary(schema, bytes), { enumAsInteger: true });

describe('a request of spans', () => {
  test('is the same, whether it came as protobuf or as JSON', () => {
    fc.assert(
      fc.property(traceRequest, (json) => {
        const bytes = protobufOf(ExportTraceServiceRequestSchema, json);
        const fromProtobuf = readProtobuf(ExportTraceServiceRequestSchema, bytes);
        expect(JSON.stringify(fromProtobuf)).toBe(
          JSON.stringify(readJson(ExportTraceServiceRequestSchema, jsonBytes(json))),
        );
      }),
      RUNS,
    );
  });

  test("is what protobuf's own library makes of it, but for what is empty", () => {
    fc.assert(
      fc.property(traceRequest, (json) => {
        const bytes = protobufOf(ExportTraceServiceRequestSchema, json);
        const expected = withHexIds(oracle(ExportTraceServiceRequestSchema, bytes));
        expect(withoutEmpty(readProtobuf(ExportTraceServiceRequestSchema, bytes))).toEqual(
          withoutEmpty(expected),
        );
      }),
      RUNS,
    );
  });

  test('does not change when it is read again', () => {
    fc.assert(
      fc.property(traceRequest, (json) => {
        const once = JSON.stringify(readJson(ExportTraceServiceRequestSchema, jsonBytes(json)));
        expect(JSON.stringify(readJson(ExportTraceServiceRequestSchema, Buffer.from(once)))).toBe(once);
      }),
      RUNS,
    );
  });
});

test('a request of metrics is the same, whether it came as protobuf or as JSON', () => {
  fc.assert(
    fc.property(metricsRequest, (json) => {
      const message = fromJson(ExportMetricsServiceRequestSchema, json);
      const bytes = Buffer.from(toBinary(ExportMetricsServiceRequestSchema, message));
      expect(JSON.stringify(readProtobuf(ExportMetricsServiceRequestSchema, bytes))).toBe(
        JSON.stringify(readJson(ExportMetricsServiceRequestSchema, jsonBytes(json))),
      );
    }),
    RUNS,
  );
});

test('a request of logs is the same, whether it came as protobuf or as JSON', () => {
  fc.assert(
    fc.property(logsRequest, (json) => {
      const bytes = protobufOf(ExportLogsServiceRequestSchema, json);
      expect(JSON.stringify(readProtobuf(ExportLogsServiceRequestSchema, bytes))).toBe(
        JSON.stringify(readJson(ExportLogsServiceRequestSchema, jsonBytes(json))),
      );
    }),
    RUNS,
  );
});

describe('bytes that may be anything', () => {
  test("are refused where protobuf's own library refuses them, and else read as it reads them", () => {
    let read = 0;
    fc.assert(
      fc.property(mangled(), (bytes) => {
        const found = attempt(() => readProtobuf(ExportTraceServiceRequestSchema, bytes));
        // The library refuses what is no UTF-8; here it is replaced.
        if (found === undefined || JSON.stringify(found).includes('\ufffd')) return;
        read += 1;
        const expected = withHexIds(oracle(ExportTraceServiceRequestSchema, bytes));
        expect(withoutEmpty(found)).toEqual(withoutEmpty(expected));
      }),
      // The same bytes each time: the library reads a field by its schema whatever its wire type says, and then reads past the
      // end of the message. That happens once in some ten thousand.
      { numRuns: 2_000, endOnFailure: true, seed: 4711 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test('are never anything but read or refused as JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), mangledJson()), (text) => {
        attempt(() => readJson(ExportTraceServiceRequestSchema, Buffer.from(text)));
      }),
      { numRuns: 2_000, endOnFailure: true },
    );
  });
});

describe('JSON', () => {
  const spanOf = (span: object): any => {
    const request = readJson(
      ExportTraceServiceRequestSchema,
      jsonBytes({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    );
    return (request as any).resourceSpans[0].scopeSpans[0].spans[0];
  };
  const readValue = (text: string): any => {
    const body = `{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":${text}}]}}]}`;
    return (readJson(ExportTraceServiceRequestSchema, Buffer.from(body)) as any).resourceSpans[0].resource
      .attributes[0].value;
  };

  test('may have ids in any case, enums by name, and fields that nobody knows', () => {
    expect(
      spanOf({
        traceId: 'ABCDEF',
        kind: 'SPAN_KIND_CLIENT',
        status: { code: 'STATUS_CODE_ERROR' },
        invented: [{}],
      }),
    ).toEqual({ traceId: 'abcdef', kind: 3, status: { code: 2 } });
  });

  test('knows fields by their lowerCamelCase only, as the specification has it', () => {
    expect(spanOf({ name: 'a', trace_id: 'ab', start_time_unix_nano: '1' })).toEqual({ name: 'a' });
  });

  test('leaves out what says nothing: defaults, null, and messages without content', () => {
    expect(
      spanOf({ name: '', kind: 0, flags: 0, startTimeUnixNano: 0, attributes: [], links: null, status: {} }),
    ).toEqual({});
  });

  test('keeps the defaults of values, where they do say something', () => {
    for (const value of [
      { stringValue: '' },
      { boolValue: false },
      { intValue: '0' },
      { doubleValue: 0 },
      { arrayValue: {} },
    ])
      expect(readValue(JSON.stringify(value))).toEqual(value);
  });

  test('keeps every digit of an integer, in quotes or not', () => {
    for (const digits of [
      '1795179600123456789',
      '-9223372036854775808',
      '9223372036854775807',
      '9007199254740993',
    ]) {
      expect(readValue(`{"intValue":${digits}}`)).toEqual({ intValue: digits });
      expect(readValue(`{"intValue":"${digits}"}`)).toEqual({ intValue: digits });
    }
    expect(readValue('{"intValue":1.0}')).toEqual({ intValue: '1' });
    expect(readValue('{"intValue":1e3}')).toEqual({ intValue: '1000' });
    expect(readValue('{"stringValue":"1795179600123456789, \\"1795179600123456789"}')).toEqual({
      stringValue: '1795179600123456789, "1795179600123456789',
    });
  });

  test('has numbers that JSON itself has not', () => {
    for (const value of ['NaN', 'Infinity', '-Infinity']) {
      expect(readValue(`{"doubleValue":"${value}"}`)).toEqual({ doubleValue: value });
    }
    expect(readValue('{"doubleValue":"1.5"}')).toEqual({ doubleValue: 1.5 });
    expect(readValue('{"doubleValue":12345678901234567890}')).toEqual({ doubleValue: 12345678901234567000 });
  });

  test('may have base64 for URLs, and without padding', () => {
    expect(readValue('{"bytesValue":"-_8"}')).toEqual({ bytesValue: '+/8=' });
    expect(readValue('{"bytesValue":"+/8="}')).toEqual({ bytesValue: '+/8=' });
  });

  test.each([
    ['{"intValue":9223372036854775808}', 'is an integer out of range'],
    ['{"intValue":1.5}', 'is not an integer'],
    ['{"intValue":true}', 'is not an integer'],
    ['{"doubleValue":"0x10"}', 'is not a number'],
    ['{"boolValue":"true"}', 'is neither true nor false'],
    ['{"stringValue":1}', 'is not a text'],
    ['{"bytesValue":"*"}', 'is not base64'],
    ['{"arrayValue":[]}', 'is not an object'],
    ['{"arrayValue":{"values":{}}}', 'is not a list'],
    ['{"arrayValue":{"values":[null]}}', 'is not an object'],
    ['{"stringValue":"a","intValue":"1"}', 'is one value too many'],
  ])('is refused where it is not OTLP: %s', (text, message) => {
    expect(() => readValue(text)).toThrow(message);
  });
});

describe('protobuf', () => {
  const read = (bytes: Uint8Array) =>
    readProtobuf(ExportTraceServiceRequestSchema, Buffer.from(bytes)) as any;

  test('may come in several parts and in any order, and is merged', () => {
    const part = (init: object) =>
      toBinary(ExportTraceServiceRequestSchema, create(ExportTraceServiceRequestSchema, init));
    const inner = (bytes: Uint8Array) => bytes.subarray(2);
    const schemaUrl = inner(part({ resourceSpans: [{ schemaUrl: 'u' }] }));
    const one = inner(part({ resourceSpans: [{ resource: { attributes: [{ key: 'a' }] } }] }));
    const two = inner(
      part({ resourceSpans: [{ resource: { attributes: [{ key: 'b' }], droppedAttributesCount: 2 } }] }),
    );
    const bytes = new BinaryWriter()
      .tag(1, WireType.LengthDelimited)
      .bytes(Buffer.concat([schemaUrl, one, two]))
      .finish();
    expect(JSON.stringify(read(bytes))).toBe(
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"a"},{"key":"b"}],"droppedAttributesCount":2},"schemaUrl":"u"}]}',
    );
  });

  test('replaces bytes that are no UTF-8, and keeps a byte order mark', () => {
    const attributeOf = (text: Uint8Array) => {
      const value = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(text).finish();
      const parts = [2, 1, 1, 1].reduce(
        (bytes, number) => new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes).finish(),
        value,
      );
      return read(parts).resourceSpans[0].resource.attributes[0].value.stringValue;
    };
    expect(attributeOf(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\ufffdb');
    expect(attributeOf(Buffer.from('\ufeffx'))).toBe('\ufeffx');
  });

  test('of profiles only are references into a table: they count as absent', () => {
    const request = create(ExportTraceServiceRequestSchema, {
      resourceSpans: [
        {
          resource: {
            attributes: [
              { keyStrindex: 1, value: { value: { case: 'stringValueStrindex', value: 3 } } },
              { key: 'k' },
            ],
          },
        },
      ],
    });
    expect(
      read(toBinary(ExportTraceServiceRequestSchema, request)).resourceSpans[0].resource.attributes,
    ).toEqual([{}, { key: 'k' }]);
  });
});

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** OTLP JSON as protobuf, by way of protobuf's own library, which wants base64 for all bytes. */
function protobufOf(schema: DescMessage, json: JsonValue): Buffer {
  return Buffer.from(toBinary(schema, fromJson(schema, withBase64Ids(json))));
}

const IDS = ['traceId', 'spanId', 'parentSpanId'];

function withBase64Ids(json: JsonValue): JsonValue {
  return mapIds(json, (id) => Buffer.from(id, 'hex').toString('base64'));
}

function withHexIds(json: JsonValue): JsonValue {
  return mapIds(json, (id) => Buffer.from(id, 'base64').toString('hex'));
}

function mapIds(json: JsonValue, change: (id: string) => string): JsonValue {
  return JSON.parse(JSON.stringify(json), (key, value) => (IDS.includes(key) ? change(value) : value));
}

/** What both agree on: the library writes messages without content, and what only profiles have; it drops byte order marks. */
function withoutEmpty(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json), (key, value) => {
    if (['stringValueStrindex', 'keyStrindex'].includes(key)) return undefined;
    if (['resource', 'scope', 'status', 'value'].includes(key) && JSON.stringify(value) === '{}')
      return undefined;
    return typeof value === 'string' ? value.replace(/^\ufeff/, '') || undefined : value;
  });
}

/** What was read; `undefined` where it was refused. */
function attempt(read: () => object): object | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadData) return undefined;
    throw error;
  }
}

/** Requests with some bytes changed, cut off or added; and bytes without any sense. */
function mangled(): fc.Arbitrary<Buffer> {
  const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
  const changed = fc
    .tuple(traceRequest, fc.array(change, { maxLength: 4 }), fc.option(fc.nat()))
    .map(([json, changes, cut]) => {
      const bytes = protobufOf(ExportTraceServiceRequestSchema, json);
      for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1));
    });
  return fc.oneof(
    changed,
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  );
}

function mangledJson(): fc.Arbitrary<string> {
  return fc
    .tuple(
      traceRequest,
      fc.nat(),
      fc.constantFrom('', '"', '{', '[]', 'null', '-', '99999999999999999999', '\\'),
    )
    .map(([json, at, inserted]) => {
      const text = JSON.stringify(json);
      const place = at % (text.length + 1);
      return text.slice(0, place) + inserted + text.slice(place + 1);
    });
}
