import assert from 'node:assert/strict';
import { FAILURES } from './failures.ts';
import type { Fault } from './fault.ts';
import { LISTS } from './lists.ts';
import { type Look, queryOf, run } from './panels.ts';
import type { Store } from './store.ts';

const FAULTS: readonly Fault[] = [...FAILURES, ...LISTS];

export async function fillFaults(store: Store, at: number): Promise<void> {
  await store.insert(FAULTS.flatMap(({ spans }) => spans(at)));
}

export async function expectFaults(store: Store, look: Look): Promise<number> {
  for (const { name, panels } of FAULTS) {
    for (const { uid, title, chosen, columns, rows } of panels) {
      const answer = await run(store, queryOf(uid, title), { ...look, chosen });
      const places = columns.map((column) => answer.columns.indexOf(column));
      const found = answer.rows.map((row) =>
        places.map((place) => numberOf(row[place], answer.types[place])),
      );
      assert.deepEqual(found, rows, `${name}: ${title}, ${JSON.stringify(chosen)}`);
    }
  }
  return FAULTS.length;
}

/** Integers of 64 bits come as text. */
function numberOf(value: unknown, type = ''): unknown {
  return value !== null && type.includes('Int64') ? Number(value) : value;
}
