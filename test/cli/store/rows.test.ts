import { expect, test } from '@jest/globals';
import { openStore } from '../../../src/cli/store/open-store.ts';
import { listRows, NOW, WEATHER } from '../support.ts';

test('the rows of a store are those of the sessions command', async () => {
  const store = openStore({ dir: WEATHER, now: () => NOW });
  await store.ready;
  const rows = store.rows(store.list({}));
  const expected = await listRows(WEATHER);
  expect(
    rows.map(({ id, calls, errors, status, tools, durationMs, clientName }) => ({
      id,
      calls,
      errors,
      status,
      tools,
      durationMs: Math.round(durationMs),
      clientName: clientName ?? null,
    })),
  ).toEqual(
    expected.map(({ id, calls, errors, status, tools, durationMs, clientName }) => ({
      id,
      calls,
      errors,
      status,
      tools,
      durationMs,
      clientName,
    })),
  );
  await store.close();
});
