import { expect, test } from '@jest/globals';
import { listRows } from '../cli/support.ts';
import { otlpLine, requestSpan, withRecording } from '../explorer/support.ts';

const OTHERS = 120_000;
const PER_LINE = 10_000;

/** So many requests of another session. */
function* linesOfOthers(): Iterable<string> {
  for (let from = 0; from < OTHERS; from += PER_LINE) {
    const spans = Array.from({ length: PER_LINE }, (_, i) =>
      requestSpan(from + i, { 'mcp.client.session.id': 'other' }),
    );
    yield otlpLine(spans, 'process-2');
  }
}

// Only the newest 50,000 requests were remembered.
test('a request that was written twice is one call, however many stand between its copies', async () => {
  const line = otlpLine([requestSpan(10), requestSpan(20)]);
  await withRecording({ 'x.traces.jsonl': [line, ...linesOfOthers(), line] }, async (dir) => {
    const rows = await listRows(dir);
    expect(rows.map(({ id, calls }) => ({ id, calls }))).toEqual([
      { id: 's', calls: 2 },
      { id: 'other', calls: OTHERS },
    ]);
  });
});
