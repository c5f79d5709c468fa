import { expect, test } from '@jest/globals';
import { listRows } from '../cli/support.ts';
import { withStore } from '../explorer/store/support.ts';
import { otlpLine, sessionSpan, withRecording } from '../explorer/support.ts';

// A row said "1.5 calls".
test.each([1.5, -3, 1e300, 'many', true])('a session whose span counts %s calls has 0', async (count) => {
  const counts = { 'mcp.client.session.calls': count, 'mcp.client.session.errors': count };
  const files = { 'x.traces.jsonl': otlpLine([sessionSpan('end', 0, 10, counts)]) };
  await withRecording(files, async (dir) => {
    expect(await listRows(dir)).toMatchObject([{ calls: 0, errors: 0 }]);
  });
  await withStore(files, async (store) => {
    expect(store.rows(store.list({}))).toMatchObject([{ calls: 0, errors: 0 }]);
  });
});
