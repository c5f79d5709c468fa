import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { killChildren, startChild } from '../support/child.ts';

beforeAll(ensureBuilt, 60_000);
afterEach(killChildren);

// 20 MB of spans were kept in memory, and without end in a server that lives on.
test('what the console exporter cannot write is dropped, and told when stderr is read again', async () => {
  const child = startChild(join(__dirname, '../process/servers/unread-stderr.mjs'));
  child.process.stderr?.pause();
  await child.lines(1);
  // The limit is 1 MiB, and the batch that passes it.
  expect(Number(child.stdout())).toBeLessThan(2_500_000);
  child.process.stderr?.resume();
  child.send('read');
  const { code, stderr } = await child.exited;
  expect(code).toBe(0);
  const printed = stderr.match(/"span":"unread"/g)?.length ?? 0;
  const lost = Number(/exporting to console works again; (\d+) spans were lost/.exec(stderr)?.[1]);
  expect(printed + lost).toBe(20_000);
  expect(lost).toBeGreaterThan(10_000);
  expect(stderr).toContain('"span":"read"');
});
