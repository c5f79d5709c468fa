/** npm run test:sql: the SQL of the dashboards in ClickHouse's engine, with hostile texts and repeated delivery. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled } from '../../../tools/stack/install.ts';
import { removeFolder } from '../../../tools/support/remove-folder.ts';
import { expectFaults, fillFaults } from './faults.ts';
import { expectAllRun, expectExactRows, expectExactSession, fill } from './hostile.ts';
import { expectJoined, fillJoining } from './joining.ts';
import { expectParts, fillParts } from './parts.ts';
import { openStores } from './store.ts';
import { expectSameAnswers, expectSums, fillBoth } from './twice.ts';

const MINUTE_MS = 60_000;

async function main(): Promise<void> {
  const { chdb } = await ensureInstalled((line) => console.error(line), { only: ['chdb'] });
  const folder = await mkdtemp(join(tmpdir(), 'mcp-sessionscope-sql-'));
  const stores = openStores(chdb, folder);
  const now = Date.now();
  const look = { from: now - 5 * MINUTE_MS, to: now };
  try {
    const hostile = await stores.make('hostile');
    await fill(hostile, now - 2 * MINUTE_MS);
    say(await expectAllRun(hostile, look), 'queries ran with hostile values of their variables');
    say(await expectExactRows(hostile, look), 'hostile values found the rows that have them, and no other');
    say(await expectExactSession(hostile, look), 'hostile ids found their session, and no other');
    const [once, thrice] = [await stores.make('once'), await stores.make('thrice')];
    await fillBoth(once, thrice, now - 2 * MINUTE_MS);
    say(
      await expectSameAnswers(once, thrice, look),
      'queries answer the same for spans that were delivered thrice',
    );
    await expectSums(once, look);
    console.log('a session of two processes counts what both count');
    const parts = await stores.make('parts');
    await fillParts(parts, now - 2 * MINUTE_MS);
    say(
      await expectParts(parts, look, now - 2 * MINUTE_MS),
      'sessions of odd parts count right; retries are retries; no session shows no spans of others',
    );
    const joining = await stores.make('joining');
    await fillJoining(joining, now - 2 * MINUTE_MS);
    say(
      await expectJoined(joining, look, now - 2 * MINUTE_MS),
      'sessions of parts that several processes recorded are those of the rule',
    );
    const faults = await stores.make('faults');
    await fillFaults(faults, now - 2 * MINUTE_MS);
    say(await expectFaults(faults, look), 'faults that the views once had are told right');
  } finally {
    await stores.close();
    await removeFolder(folder);
  }
}

function say(count: number, what: string): void {
  console.log(`${count} ${what}`);
}

await main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
