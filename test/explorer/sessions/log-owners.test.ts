import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LogOwners, type OwningEvent } from '../../../src/explorer/sessions/log-owners.ts';

const request = (place: number, startMs: number, endMs: number): OwningEvent<string> => ({
  ...{ place, span: `span-${place}`, startMs, endMs, service: 'shop', isRequest: true },
});
const line = (timeMs: number, span = 'of no event', service = 'shop') => ({ span, timeMs, service });

describe('a line belongs', () => {
  test('to the event of its span, whenever it was written', () => {
    const owners = new LogOwners([request(3, 100, 200), request(4, 300, 400)], []);
    expect(owners.placeOf(line(350, 'span-3'))).toBe(3);
    expect(owners.placeOf(line(999, 'span-4', 'another'))).toBe(4);
  });

  test('else to the request of its service that was open, to the millisecond', () => {
    const step = { ...request(4, 0, 900), isRequest: false };
    const owners = new LogOwners([request(3, 100.4, 200.4), step], []);
    expect([99, 100, 200, 201].map((at) => owners.placeOf(line(at)))).toEqual([undefined, 3, 3, undefined]);
    expect(owners.placeOf(line(150, 'of no event', 'another'))).toBeUndefined();
  });

  test('to none where several requests were open: nobody knows which', () => {
    const owners = new LogOwners([request(3, 100, 200), request(4, 150, 300)], []);
    expect([120, 170, 250].map((at) => owners.placeOf(line(at)))).toEqual([3, undefined, 4]);
  });

  test('to none of this session where the span, or the open request, is another one’s', () => {
    const step = { ...request(5, 0, 900), isRequest: false };
    const owners = new LogOwners([request(0, 100, 200)], [request(0, 100, 200), request(4, 150, 300), step]);
    expect([120, 170, 250].map((at) => owners.placeOf(line(at)))).toEqual([0, undefined, undefined]);
    for (const span of ['span-4', 'span-5']) expect(owners.placeOf(line(120, span))).toBeUndefined();
    expect(['span-0', 'span-4'].map((span) => owners.eventOf(span))).toEqual([0, undefined]);
  });
});

test('the only open request is found among many as by looking at each', () => {
  const any = fc.record({ start: fc.nat({ max: 50 }), lasts: fc.nat({ max: 20 }), isOurs: fc.boolean() });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), fc.nat({ max: 80 }), (spans, at) => {
      const requests = spans.map(({ start, lasts }, i) => request(i, start, start + lasts));
      const open = requests.filter(({ startMs, endMs }) => startMs <= at && at <= endMs);
      const isOurs = ({ place }: { place: number }) => spans[place]!.isOurs;
      const only = open.length === 1 && isOurs(open[0]!) ? open[0]!.place : undefined;
      expect(new LogOwners(requests.filter(isOurs), requests).placeOf(line(at))).toBe(only);
    }),
  );
});
