import { expect, test } from '@jest/globals';
import { listRows } from '../cli/support.ts';
import { withStore } from '../explorer/store/support.ts';
import { NOW, otlpLine, sessionSpan, T0, withRecording } from '../explorer/support.ts';

const DAY = 86_400_000;
/** The last year that 64 bits of nanoseconds can say. */
const YEAR_2554 = Date.UTC(2554, 0, 1);

function startOf(id: string, ms: number) {
  return sessionSpan('start', 0, ms - T0, {
    'mcp.client.session.id': id,
    'mcp.client.session.start_unix_ms': ms,
    'mcp.client.session.duration_ms': 0,
  });
}

const FILES = {
  'x.traces.jsonl': otlpLine([
    startOf('wrong', YEAR_2554),
    startOf('now', NOW - 1_000),
    startOf('clock is early', NOW + 60_000),
    startOf('old', NOW - 2 * DAY),
  ]),
};
const EXPECTED = [
  ['clock is early', 'active'],
  ['now', 'active'],
  ['old', 'lost'],
  ['wrong', 'lost'],
];

// It stood on top of every list and stayed active for 500 years.
test('a session of the year 2554 is not active, and does not come first', async () => {
  await withRecording(FILES, async (dir) => {
    expect((await listRows(dir)).map(({ id, status }) => [id, status])).toEqual(EXPECTED);
  });
  await withStore(FILES, async (store) => {
    expect(store.rows(store.list({})).map(({ id, status }) => [id, status])).toEqual(EXPECTED);
  });
});
