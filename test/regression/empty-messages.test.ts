import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from '@jest/globals';
import { countMessages } from '../../src/explorer/receiver/count-messages.ts';
import { readProtobuf } from '../../src/explorer/receiver/protobuf-reader.ts';
import { shapeOf } from '../../src/explorer/receiver/shape.ts';
import { SIGNALS, type SignalParts } from '../../src/explorer/receiver/signals.ts';

const { request } = SIGNALS.get('/v1/traces') as SignalParts;
const count = (body: Buffer, most = Number.POSITIVE_INFINITY): number =>
  countMessages(shapeOf(request), body, most);

/** Messages of two bytes, which hold nothing. */
const empty = (bytes: number): Buffer => Buffer.alloc(bytes, Buffer.from([0x0a, 0x00]));

const within = (number: number, inner: Uint8Array): Buffer =>
  Buffer.from(new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(inner).finish());

// Six millions of them were made, of a gigabyte, before the body was refused.
describe('a body of empty messages', () => {
  test('is refused by what it would become, before any of that is made', () => {
    const before = process.memoryUsage();
    const body = empty(19_000_000);
    expect(() => readProtobuf(request, body)).toThrow(
      expect.objectContaining({ status: 413, message: 'more than 2000000 values in one request' }),
    );
    const { heapUsed } = process.memoryUsage();
    expect(heapUsed - before.heapUsed).toBeLessThan(20_000_000);
  });

  test('is counted no further than the limit', () => {
    expect(count(empty(1_000))).toBe(501);
    expect(count(empty(19_000_000), 1_000)).toBe(1_001);
  });

  test('is refused wherever the messages stand', () => {
    // Spans of a scope, and attributes of a resource.
    const spans = within(1, within(2, Buffer.alloc(5_000_000, Buffer.from([0x12, 0x00]))));
    const attributes = within(1, within(1, empty(5_000_000)));
    for (const body of [spans, attributes]) {
      expect(count(body)).toBe(2_500_003);
      expect(() => readProtobuf(request, body)).toThrow(expect.objectContaining({ status: 413 }));
    }
  });

  test('is refused behind a field that the count does not follow', () => {
    const group = Buffer.from([((99 << 3) & 0x7f) | 0x83, 0x06, ((99 << 3) & 0x7f) | 0x84, 0x06]);
    const body = Buffer.concat([group, empty(5_000_000)]);
    expect(() => readProtobuf(request, body)).toThrow(expect.objectContaining({ status: 413 }));
  });
});

describe('the count', () => {
  test('is of messages, not of what stands in texts and in fields that are not known', () => {
    const named = within(1, within(3, empty(100)));
    const unknown = within(99, empty(100));
    expect(count(Buffer.concat([named, unknown]))).toBe(2);
  });

  test.each([
    ['a length without an end', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['a length beyond the end', [0x0a, 0x7f, 0x0a, 0x00]],
    ['a tag alone', [0x0a]],
    ['a type that there is not', [0x0f, 0x0a, 0x00]],
  ])('ends at %s', (_, bytes) => {
    expect(count(Buffer.from(bytes))).toBeLessThanOrEqual(3);
  });
});
