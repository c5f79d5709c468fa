import { expect, test } from '@jest/globals';
import { openStore } from '../../../src/explorer/store/open-store.ts';
import { otlpLine, requestSpan, withRecording } from '../support.ts';

test('a store that is closed while it reads stops reading', async () => {
  const lines = Array.from({ length: 400 }, (_, i) =>
    otlpLine(Array.from({ length: 100 }, (_, j) => requestSpan(i * 100 + j + 1))),
  );
  await withRecording({ 'a.traces.jsonl': lines }, async (dir) => {
    const store = openStore({ dir });
    await store.close();
    await store.ready;
    expect(store.state().spans).toBeLessThan(40_000);
    const whole = openStore({ dir });
    await whole.ready;
    expect(whole.state().spans).toBe(40_000);
    await whole.close();
  });
});
