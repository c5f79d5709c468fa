/** The panels, from answers of real backends that `npm run test:stack -- --record` wrote down. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Outcome } from '../../tools/stack-test/checks/run.ts';

const DASHBOARDS = [
  'mcp-sessionscope-sessions',
  'mcp-sessionscope-session',
  'mcp-sessionscope-operations',
  'mcp-sessionscope-processes',
];

let outcomes: Outcome[];
let unexpected: string[];

beforeAll(async () => {
  const args = ['--import', 'tsx', 'tools/stack-test/judge-recording.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e7 });
  ({ outcomes, unexpected } = JSON.parse(stdout));
}, 60_000);

describe('from recorded answers', () => {
  it.each(DASHBOARDS)('every panel of %s shows what the clients did', (uid) => {
    const own = outcomes.filter(({ dashboard }) => dashboard === uid);
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });

  it('something is expected of every panel, and of none that is not there', () => {
    expect(unexpected).toEqual([]);
  });
});
