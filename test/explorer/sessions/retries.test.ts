import { describe, expect, test } from '@jest/globals';
import { retriesOf } from '../../../src/explorer/sessions/retries.ts';
import { event } from '../page/support.ts';

describe('retries', () => {
  test('are told with the time between, as the page says it', () => {
    const failed = event({ timeMs: 1_000, status: 'error', type: 'tools/call pay', target: 'pay' });
    const other = event({ timeMs: 1_500 });
    const again = event({ timeMs: 3_000, type: 'tools/call pay', target: 'pay' });
    expect(retriesOf([failed, other, again])).toEqual([
      { failed: 0, again: 2, name: 'pay', gapMs: 2_000, outcome: 'succeeded' },
    ]);
  });

  test('go from failure to failure until one succeeds', () => {
    const attempt = (timeMs: number, status: 'ok' | 'error' | 'cancelled') => event({ timeMs, status });
    const outcomes = retriesOf([
      attempt(0, 'error'),
      attempt(1, 'error'),
      attempt(2, 'ok'),
      attempt(3, 'ok'),
    ]);
    expect(outcomes.map(({ failed, again, outcome }) => [failed, again, outcome])).toEqual([
      [0, 1, 'failed again'],
      [1, 2, 'succeeded'],
    ]);
  });

  test('are of the same tool, and of requests only', () => {
    const failed = event({ status: 'error' });
    const otherTool = event({ type: 'tools/call pay', target: 'pay' });
    const custom = event({ kind: 'custom' });
    expect(retriesOf([failed, otherTool, custom])).toEqual([]);
  });

  test('may be cancelled', () => {
    expect(retriesOf([event({ status: 'error' }), event({ status: 'cancelled' })])[0]?.outcome).toBe(
      'was cancelled',
    );
  });
});
