import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type JoinablePart, joinParts } from '../../../src/explorer/sessions/joining.ts';

const MINUTE = 60_000;

const part = (id: string, fields: Partial<JoinablePart> = {}): JoinablePart => ({
  id,
  service: 'weather',
  key: 'k',
  source: 'inferred',
  openedBy: 'tools/call',
  startedMs: 0,
  endMs: MINUTE,
  idleTimeoutMs: MINUTE,
  ...fields,
});
const initialize = (id: string, fields: Partial<JoinablePart> = {}) =>
  part(id, { source: 'protocol', openedBy: 'initialize', ...fields });
const idsOf = (parts: Iterable<JoinablePart>) => joinParts(parts).map((same) => same.map(({ id }) => id));

describe('parts are one session', () => {
  test('where they overlap or follow within the idle timeout, the first of them first', () => {
    const follows = part('a', { startedMs: 2 * MINUTE, endMs: 3 * MINUTE });
    const late = part('c', { startedMs: 4 * MINUTE + 1 });
    expect(idsOf([late, follows, part('b')])).toEqual([['b', 'a'], ['c']]);
  });

  test('where one that lasts spans those within it', () => {
    const long = part('a', { endMs: 10 * MINUTE });
    const short = part('b', { startedMs: MINUTE, endMs: MINUTE });
    expect(idsOf([long, short, part('c', { startedMs: 11 * MINUTE })])).toEqual([['a', 'b', 'c']]);
  });

  test('of one service and one key only', () => {
    const others = [
      part('b', { service: 'bank' }),
      part('c', { key: 'l' }),
      part('d', { service: undefined }),
    ];
    expect(idsOf([part('a'), ...others])).toEqual([['a'], ['b'], ['c'], ['d']]);
    expect(idsOf([part('a', { key: undefined }), part('b', { key: undefined })])).toEqual([['a'], ['b']]);
  });

  test('until a second client initializes under the same id of the protocol', () => {
    const calls = part('b', { source: 'protocol', startedMs: 1 });
    const anew = initialize('c', { startedMs: 2 });
    const after = part('d', { source: 'protocol', startedMs: 3 });
    expect(idsOf([after, anew, calls, initialize('a')])).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  test('also where the clock of the one that was initialized is behind', () => {
    expect(idsOf([part('a', { source: 'protocol' }), initialize('b', { startedMs: 5 })])).toEqual([
      ['a', 'b'],
    ]);
  });
});

const anyPart = fc.record({
  service: fc.constantFrom('weather', 'bank', undefined),
  key: fc.constantFrom('k', 'k', 'l', undefined),
  source: fc.constantFrom('protocol', 'protocol', 'inferred', undefined),
  openedBy: fc.constantFrom('initialize', 'tools/call', undefined),
  startedMs: fc.nat(20),
  lasts: fc.nat(5),
  idleTimeoutMs: fc.nat(3),
});

test('are those that the definition has, whatever the order in which they come', () => {
  fc.assert(
    fc.property(fc.array(anyPart, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (given, shuffle) => {
      const parts = given.map(({ lasts, ...fields }, i) =>
        part(`p${String.fromCharCode(97 + i)}`, { ...fields, endMs: fields.startedMs + lasts }),
      );
      const shuffled = parts
        .map((each) => ({ each, at: shuffle.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ each }) => each);
      const expected = byDefinition(parts);
      expect(idsOf(shuffled).sort()).toEqual(expected);
      expect(idsOf(parts).sort()).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

/** For each part, whether it begins a session, by looking at all parts before it. */
function byDefinition(parts: readonly JoinablePart[]): string[][] {
  const isBefore = (a: JoinablePart, b: JoinablePart) =>
    a.startedMs < b.startedMs || (a.startedMs === b.startedMs && a.id < b.id);
  const isInitialize = ({ source, openedBy }: JoinablePart) =>
    source === 'protocol' && openedBy === 'initialize';
  const before = (one: JoinablePart) =>
    parts.filter((other) => other.key === one.key && other.service === one.service && isBefore(other, one));
  const begins = (one: JoinablePart): boolean =>
    one.key === undefined ||
    before(one).every(({ endMs }) => one.startedMs - endMs > one.idleTimeoutMs) ||
    (isInitialize(one) && before(one).some(isInitialize));
  const beginningOf = (one: JoinablePart): JoinablePart =>
    begins(one)
      ? one
      : before(one)
          .filter(begins)
          .reduce((latest, each) => (isBefore(latest, each) ? each : latest));
  const sessions = new Map<string, JoinablePart[]>();
  for (const one of parts) {
    const { id } = beginningOf(one);
    sessions.set(id, [...(sessions.get(id) ?? []), one]);
  }
  return [...sessions.values()]
    .map((same) => same.sort((a, b) => (isBefore(a, b) ? -1 : 1)).map(({ id }) => id))
    .sort();
}
