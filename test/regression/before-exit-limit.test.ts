import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { call, initialize, startServer } from '../process/support.ts';
import { ensureBuilt } from '../support/built.ts';
import { type Child, killChildren } from '../support/child.ts';

beforeAll(ensureBuilt, 60_000);
afterEach(killChildren);

const LATE = 'mcp-sessionscope: the beforeExit callback took longer than 100 ms: it is not waited for\n';

// The exit waited for the callback's promise for ever.
test.each<[string, (child: Child) => void]>([
  ['SIGTERM', (child) => child.kill('SIGTERM')],
  ['the end of stdin', (child) => child.endStdin()],
])('a beforeExit callback that never settles does not keep the process after %s', async (_, end) => {
  const child = startServer({
    hooks: { beforeExit: 'never', beforeExitTimeoutMs: 100 },
    config: { exporterType: 'none' },
    keepAlive: true,
  });
  child.send(initialize);
  await child.lines(1);
  end(child);
  expect(await child.exited).toMatchObject({ code: 0, signal: null, stderr: LATE });
});

test('a beforeExit callback that never settles does not keep the process after an exception', async () => {
  const child = startServer({
    hooks: { beforeExit: 'never' },
    config: { exporterType: 'none' },
    keepAlive: true,
  });
  child.send(initialize, call(1, 'crash'));
  expect(await child.exited).toMatchObject({ code: 1, signal: null });
});
