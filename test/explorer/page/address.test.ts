import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  DEFAULT_VIEW,
  ERROR_SORTS,
  isFiltered,
  nextDirection,
  queryOf,
  RANGES,
  rangeOf,
  readView,
  STATUSES,
  TABS,
  TOOL_SORTS,
  type View,
  withoutFilters,
  writeView,
} from '../../../src/explorer/page/address.ts';
import { CALLED_KINDS, SESSION_SORTS } from '../../../src/explorer/server/api.ts';

const NOW = 1_795_180_000_000;
const reread = (view: View): View => readView(writeView(view).replace(/^\//, ''));

describe('the address of a view', () => {
  test('is / for the view that the page begins with', () => {
    expect(writeView(DEFAULT_VIEW)).toBe('/');
    expect(readView('')).toEqual(DEFAULT_VIEW);
  });

  test('names what differs, and nothing else', () => {
    const view: View = {
      ...DEFAULT_VIEW,
      q: 'pay ment',
      status: 'lost',
      errors: true,
      range: '1h',
      open: ['a', 'b'],
    };
    expect(writeView(view)).toBe('/?q=pay+ment&status=lost&errors=1&range=1h&open=a&open=b');
  });

  test('says the order only where it is not the usual one of the column', () => {
    expect(writeView({ ...DEFAULT_VIEW, sort: 'client', order: 'asc' })).toBe('/?sort=client');
    expect(writeView({ ...DEFAULT_VIEW, sort: 'client', order: 'desc' })).toBe('/?sort=client&order=desc');
    expect(readView('?sort=client').order).toBe('asc');
    expect(readView('?sort=calls').order).toBe('desc');
  });

  test('gives back any view that can be shown', () => {
    const text = fc.string({ unit: 'binary' });
    const name = fc.option(
      text.filter((each) => each !== ''),
      { nil: undefined },
    );
    const range = fc.option(fc.constantFrom(...(Object.keys(RANGES) as (keyof typeof RANGES)[])), {
      nil: undefined,
    });
    const time = fc.option(fc.nat({ max: 9_999_999_999_999 }), { nil: undefined });
    const names = fc.uniqueArray(
      text.filter((each) => each !== ''),
      { maxLength: 4 },
    );
    const view = fc.record<View>({
      tab: fc.constantFrom(...TABS),
      q: text,
      status: fc.option(fc.constantFrom(...STATUSES), { nil: undefined }),
      client: name,
      tool: name,
      service: name,
      errors: fc.boolean(),
      range,
      from: time,
      to: time,
      sort: fc.constantFrom(...SESSION_SORTS),
      order: fc.constantFrom('asc', 'desc'),
      open: names,
      event: name,
      compare: fc.uniqueArray(
        text.filter((each) => each !== ''),
        { maxLength: 2 },
      ),
      toolSort: fc.constantFrom(...TOOL_SORTS),
      toolOrder: fc.constantFrom('asc', 'desc'),
      toolOpen: names,
      errorSort: fc.constantFrom(...ERROR_SORTS),
      errorOrder: fc.constantFrom('asc' as const, 'desc' as const),
      kind: fc.constantFrom(...CALLED_KINDS),
      find: text,
    });
    fc.assert(
      fc.property(view, (any) => {
        // A range that ends now leaves no place for two times.
        const ranged = any.range === undefined ? any : { ...any, from: undefined, to: undefined };
        // An event is one of a session that is open.
        const shown = ranged.open.length === 0 ? { ...ranged, event: undefined } : ranged;
        expect(reread(shown)).toEqual(shown);
      }),
    );
  });

  test('opens although some of it means nothing', () => {
    const view = readView(
      '?tab=nowhere&status=asleep&sort=shoes&order=up&range=3h&from=yesterday&errors=yes&open=',
    );
    expect(view).toEqual(DEFAULT_VIEW);
  });
});

describe('the question to the server', () => {
  test('has the order only for the view that the page begins with', () => {
    expect(queryOf(DEFAULT_VIEW, NOW)).toEqual({ sort: 'started', order: 'desc' });
  });

  test('reaches from a range ago to whatever comes', () => {
    expect(rangeOf({ ...DEFAULT_VIEW, range: '15m' }, NOW)).toEqual({ from: NOW - 900_000 });
  });

  test('has both times, and the service', () => {
    const view = { ...DEFAULT_VIEW, from: 5, to: 9, service: 'weather' };
    expect(rangeOf(view, NOW)).toEqual({ from: 5, to: 9, service: 'weather' });
  });

  test('has what was searched for without the blanks around it', () => {
    expect(queryOf({ ...DEFAULT_VIEW, q: '  echo ' }, NOW).q).toBe('echo');
    expect(queryOf({ ...DEFAULT_VIEW, q: '   ' }, NOW)).not.toHaveProperty('q');
  });
});

describe('a click on a header', () => {
  test('turns around the column that is sorted by', () => {
    expect(nextDirection('calls', 'calls', 'desc')).toBe('asc');
    expect(nextDirection('calls', 'calls', 'asc')).toBe('desc');
  });

  test('begins with the most of numbers and with A of names', () => {
    expect(nextDirection('errors', 'started', 'desc')).toBe('desc');
    expect(nextDirection('client', 'started', 'desc')).toBe('asc');
  });
});

test('what restricts a view is known, and can be taken away', () => {
  const view: View = { ...DEFAULT_VIEW, tool: 'echo', range: '7d', sort: 'calls', open: ['a'] };
  expect(isFiltered(view)).toBe(true);
  expect(isFiltered(withoutFilters(view))).toBe(false);
  expect(withoutFilters(view)).toEqual({ ...DEFAULT_VIEW, sort: 'calls', open: ['a'] });
});
