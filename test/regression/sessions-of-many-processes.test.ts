import { describe, expect, test } from '@jest/globals';
import { LOST_AFTER_MS, toRow } from '../../src/explorer/sessions/row.ts';
import type { SessionReport } from '../../src/explorer/sessions/session-span.ts';
import { countSpan, newTally } from '../../src/explorer/sessions/tally.ts';

/** Adds up a session of so many parts and as many requests. Returns how often a part was looked at for its start. */
function stepsOf(parts: number, instanceOf: (n: number) => string): number {
  let steps = 0;
  const report = (startedMs: number) =>
    ({
      event: 'update',
      seq: 1,
      atMs: startedMs + 1,
      get startedMs() {
        steps += 1;
        return startedMs;
      },
      durationMs: 1,
      calls: 1,
      errors: 0,
      tools: [],
      hasMoreTools: false,
      open: [],
      endReason: undefined,
      about: {},
    }) as unknown as SessionReport;
  const tally = newTally('s');
  const spanOf = (n: number) => ({ instance: instanceOf(n), startMs: n * 10 + 3, endMs: n * 10 + 5 });
  const order = Array.from({ length: parts }, (_, n) => (n * 7) % parts);
  for (const n of order) tally.parts.addReport(report(n * 10), spanOf(n));
  for (const n of order) {
    const counted = {
      isReceivedRequest: true,
      isAnsweredWithError: false,
      isFailure: false,
      method: undefined,
      tool: undefined,
      requestSize: 0,
      responseSize: 0,
    };
    countSpan(tally, { ...spanOf(n), ...counted });
  }
  const row = toRow(tally, { now: parts * 10, lostAfterMs: LOST_AFTER_MS });
  expect(row).toMatchObject({ startedMs: 0, calls: 2 * parts });
  return steps;
}

// Each span looked at every part of its session: with 4,000 processes, one more span took more than a second.
describe('the work for a session grows with its spans, not with their square', () => {
  test.each<[string, (n: number) => string]>([
    ['of as many processes', (n) => `process ${n}`],
    ['that one process began anew as often', () => 'process'],
    ['whose processes nothing tells apart', () => ''],
  ])('%s', (_, instanceOf) => {
    const few = stepsOf(1_000, instanceOf);
    const many = stepsOf(16_000, instanceOf);
    // Sorting takes a little more than sixteen times as long.
    expect(many / few).toBeLessThan(25);
    expect(many).toBeLessThan(16_000 * 60);
  });

  test('and any number of processes makes a row', () => {
    expect(() => stepsOf(130_000, (n) => `process ${n}`)).not.toThrow();
  });
});
