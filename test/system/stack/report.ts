import { closingLine, formatTable } from '../../../tools/support/table.ts';
import type { Judged } from './scene.ts';

const LONGEST_PROBLEM = 1_500;

/** Prints a line for every panel and check; what failed, below. Says whether all is well. */
export function report({ panels, unexpected, jaeger }: Judged): boolean {
  const rows = [
    ...panels.map((one) => ({ where: one.dashboard, what: one.panel, when: one.case, problem: one.problem })),
    ...jaeger.map(({ check, problem }) => ({ where: 'Jaeger', what: check, when: '', problem })),
    ...unexpected.map((problem) => ({ where: 'expectations', what: '', when: '', problem })),
  ];
  const failed = rows.filter(({ problem }) => problem !== undefined);
  const lines = rows.map(({ where, what, when, problem }) => [
    problem === undefined ? 'ok' : 'FAILED',
    where,
    what,
    when,
  ]);
  console.log(formatTable([['', 'dashboard', 'panel', 'as'], ...lines]));
  for (const { where, what, when, problem } of failed) {
    console.log(`\nFAILED ${where}, ${what} (${when}):\n  ${String(problem).slice(0, LONGEST_PROBLEM)}`);
  }
  console.log(`\n${closingLine(rows.length - failed.length, failed.length)}`);
  return failed.length === 0;
}
