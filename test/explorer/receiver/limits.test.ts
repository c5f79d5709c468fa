import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from '@jest/globals';
import { ExportTraceServiceRequestSchema } from '../../../src/explorer/receiver/generated/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';
import { readJson } from '../../../src/explorer/receiver/json-reader.ts';
import { readProtobuf } from '../../../src/explorer/receiver/protobuf-reader.ts';

describe('what would take all memory, or the whole stack', () => {
  test('lists in lists are taken to the fortieth, and refused a hundred deep, in both encodings', () => {
    for (const [depth, isTaken] of [
      [40, true],
      [100, false],
      [20_000, false],
    ] as const) {
      const [json, protobuf] = [nestedJson(depth), nestedProtobuf(depth)];
      const readBoth = () => [
        readJson(ExportTraceServiceRequestSchema, json),
        readProtobuf(ExportTraceServiceRequestSchema, protobuf),
      ];
      if (!isTaken) {
        expect(() => readJson(ExportTraceServiceRequestSchema, json)).toThrow(/nested deeper than/);
        expect(() => readProtobuf(ExportTraceServiceRequestSchema, protobuf)).toThrow(/nested deeper than/);
        continue;
      }
      const [one, other] = readBoth();
      expect(one).toEqual(other);
    }
  });

  test('brackets without end are refused before they are parsed', () => {
    expect(() => readJson(ExportTraceServiceRequestSchema, Buffer.alloc(5_000_000, '['))).toThrow(
      'nested deeper than 1000 levels',
    );
  });

  test('millions of empty messages are refused as too large', () => {
    const tooMany = expect.objectContaining({ status: 413 });
    const protobuf = Buffer.alloc(13_000_000, Buffer.from([0x0a, 0x00]));
    expect(refusal(() => readProtobuf(ExportTraceServiceRequestSchema, protobuf))).toEqual(tooMany);
    const json = Buffer.from(`{"unknown":[${'{},'.repeat(2_000_001)}{}]}`);
    expect(refusal(() => readJson(ExportTraceServiceRequestSchema, json))).toEqual(tooMany);
  });

  test('a text of a megabyte is taken', () => {
    const text = 'x'.repeat(1_000_000);
    const json = { resourceSpans: [{ schemaUrl: text }] };
    const message = create(ExportTraceServiceRequestSchema, json);
    const protobuf = Buffer.from(toBinary(ExportTraceServiceRequestSchema, message));
    expect(readJson(ExportTraceServiceRequestSchema, Buffer.from(JSON.stringify(json)))).toEqual(json);
    expect(readProtobuf(ExportTraceServiceRequestSchema, protobuf)).toEqual(json);
  });
});

function refusal(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}

/** An attribute with lists in lists. */
function nestedJson(depth: number): Buffer {
  const value = `${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}`;
  return Buffer.from(`{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":${value}}]}}]}`);
}

function nestedProtobuf(depth: number): Buffer {
  let bytes: Uint8Array = new Uint8Array();
  const wrap = (number: number, inner: Uint8Array) =>
    new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(inner).finish();
  for (let level = 0; level < depth; level += 1) bytes = wrap(5, level === 0 ? bytes : wrap(1, bytes));
  const attribute = Buffer.concat([
    new BinaryWriter().tag(1, WireType.LengthDelimited).string('k').finish(),
    wrap(2, bytes),
  ]);
  return Buffer.from(wrap(1, wrap(1, wrap(1, attribute))));
}
