import { join } from 'node:path';
import type { PageCheck } from '../check.ts';
import { equal, eventually, ok } from '../expect.ts';
import { type MadeSession, writeRecording } from '../spans.ts';
import { eventsIn, idsOf, itemOf, openRow, rowsOf } from '../views.ts';

const MINUTE = 60_000;
/** Ten minutes before the check: each part follows the one before by more than the idle timeout, but for one between. */
const START = Date.now() - 10 * MINUTE;
const IDLE = 3 * MINUTE;

/** What one process recorded of a session that was inferred. */
const part = (id: string, minute: number): MadeSession => ({
  id,
  startMs: START + minute * MINUTE,
  requests: [{ method: 'tools/call', tool: `tool-${minute}`, atMs: 1, latencyMs: 3 }],
  attributes: {
    'mcp.client.session.source': 'inferred',
    'mcp.client.session.key': 'k',
    'mcp.client.session.idle_timeout_ms': IDLE,
    'mcp.client.session.opened_by': 'tools/call',
  },
});

export const JOINED: readonly PageCheck[] = [
  {
    name: 'rows that turn out to be one session become one row, while one of them is being read',
    async run(stage) {
      const dir = await stage.tempDir();
      await writeRecording(join(dir, 'a.traces.jsonl'), [part('part-one', 1), part('part-three', 5)]);
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url);
      await eventually(async () => equal(await idsOf(page), ['part-three', 'part-one'], 'rows'));
      await openRow(page, 'part-three');
      await writeRecording(join(dir, 'b.traces.jsonl'), [part('part-two', 3)]);
      await eventually(async () => {
        equal(await idsOf(page), ['part-one'], 'rows at last');
        const { tools, calls } = (await rowsOf(page))[0]!;
        equal([calls, tools], ['3', ['tool-1', 'tool-3', 'tool-5']], 'calls and tools');
      }, 15_000);
      const detail = itemOf(page, 'part-one').locator('.detail');
      await eventually(async () => equal((await eventsIn(detail)).length, 6, 'events'));
      const facts = await detail.innerText();
      for (const fact of ['part-two', 'part-three', 'Joined from 3 parts', '~'])
        ok(facts.includes(fact), `the facts lack ${fact}`);
      equal(new URL(page.url()).searchParams.getAll('open'), ['part-one'], 'what the address has open');
      return '2 rows became 1 of 3 parts, which stayed open';
    },
  },
];
