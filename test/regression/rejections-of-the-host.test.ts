import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { startChild } from '../support/child.ts';

const script = join(__dirname, '../process/servers/unheard.mjs');

beforeAll(ensureBuilt, 60_000);

// Whoever listens to a promise answers for its rejection: the process of such a host went on.
describe.each(['server', 'client'])('a rejection that the host of a %s does not listen to', (side) => {
  test.each(['close', 'send'])('of %s ends the process as it does without us', async (what) => {
    const run = (isObserved: string) => startChild(script, { args: [side, what, isObserved] }).exited;
    const [bare, ours] = await Promise.all([run('no'), run('yes')]);
    expect(bare.code).toBe(1);
    expect(ours.code).toBe(1);
    expect(ours.stdout).toBe('');
    expect(ours.stderr).toContain(what === 'close' ? 'Error: not closed' : 'Error: not sent');
  });
});
