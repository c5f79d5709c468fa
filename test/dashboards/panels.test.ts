/**
 * The panels, from recorded answers: of the stack, which `npm run test:stack -- --record` wrote down, and of a real Tempo,
 * which gave them on 2026-11-21.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { FORMS } from '../../tools/dashboards/form.ts';
import type { Outcome } from '../system/stack/checks/run.ts';

const DASHBOARDS = [
  'mcp-sessionscope-sessions',
  'mcp-sessionscope-session',
  'mcp-sessionscope-operations',
  'mcp-sessionscope-processes',
];

interface Judged {
  form: string;
  outcomes: Outcome[];
  unexpected: string[];
}

let judged: Judged[];

beforeAll(async () => {
  const args = ['--import', 'tsx', 'test/system/stack/judge-recording.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e7 });
  judged = JSON.parse(stdout);
}, 60_000);

const of = (wanted: string): Judged => judged.find(({ form }) => form === wanted) as Judged;

/** Panels that ask Prometheus alone are the same in both forms. Newer ones are not among the answers of that day. */
function metricPanels(): Set<string> {
  const folder = join(__dirname, '../../dashboards/tempo');
  const all = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
  return new Set(
    all.flatMap(({ uid, panels }) =>
      panels
        .filter(({ datasource }: any) => datasource?.type === 'prometheus')
        .map(({ title }: any) => `${uid}: ${title}`),
    ),
  );
}

describe.each(FORMS)('from recorded answers, the dashboards for %s', (form) => {
  it.each(DASHBOARDS)('every panel of %s shows what the clients did', (uid) => {
    const heldByTheOther = form === 'tempo' ? metricPanels() : new Set();
    const own = of(form).outcomes.filter(({ dashboard }) => dashboard === uid);
    expect(own.length).toBeGreaterThan(0);
    const wrong = own.filter(({ panel, problem }) => {
      const isUnknown = problem?.startsWith('no response to this request is recorded');
      return problem !== undefined && !(isUnknown && heldByTheOther.has(`${uid}: ${panel}`));
    });
    expect(wrong).toEqual([]);
  });

  it('something is expected of every panel, and of none that is not there', () => {
    expect(of(form).unexpected).toEqual([]);
  });
});
