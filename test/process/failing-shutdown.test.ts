import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { killChildren, startChild } from '../support/child.ts';

beforeAll(ensureBuilt, 60_000);
afterEach(killChildren);

test.each(['rejects', 'throws'])('a shutdown that %s does not keep the process from going', async (how) => {
  const child = startChild(join(__dirname, 'servers/failing-shutdown.mjs'), { args: [how] });
  await child.lines(1);
  child.kill('SIGTERM');
  expect(await child.exited).toMatchObject({
    code: 0,
    stderr: 'mcp-sessionscope: the shutdown failed: Error: no shutdown\nbeforeExit ran\n',
  });
});
