import type { Check } from '../../../tools/support/checks.ts';
import { isTold, toldLosses } from '../../../tools/support/told-losses.ts';
import type { Scenario } from './scenarios.ts';
import type { Found } from './store.ts';
import { type Sent, spansOf } from './traffic.ts';

/** What one run sent, and what was found of it. */
export interface Account {
  scenario: string;
  sessions: number;
  sent: number;
  found: number;
  /** Spans that are there a second time. */
  twice: number;
  lost: number;
  /** Lost spans that the server told of on stderr, and those of which it said that they may be lost. */
  told: number;
  unsure: number;
  whole: number;
  part: number;
  none: number;
  /** Requests and notifications that the server answered, and those that the metrics count. */
  operations: number;
  measured: number;
  failedRequests: number;
}

export interface Evidence {
  scenario: string;
  sent: readonly Sent[];
  found: Found;
  stderr: string;
  measured: number;
  failedRequests: number;
}

/** Compares what was sent with what was found. */
export function accountOf({ scenario, sent, found, stderr, measured, failedRequests }: Evidence): Account {
  const rows = sent.map((session) => ({
    sent: spansOf(session),
    found: Math.min(spansOf(session), found.spans.get(session.id) ?? 0),
  }));
  const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
  const [all, here] = [sum(rows.map((row) => row.sent)), sum(rows.map((row) => row.found))];
  const whole = rows.filter((row) => row.found === row.sent).length;
  const none = rows.filter((row) => row.found === 0).length;
  const told = toldLosses(stderr);
  return {
    scenario,
    sessions: sent.length,
    sent: all,
    found: here,
    twice: found.twice,
    lost: all - here,
    told: told.lost,
    unsure: told.unsure,
    whole,
    part: rows.length - whole - none,
    none,
    operations: sum(sent.map(({ requests }) => requests + 1)),
    measured,
    failedRequests,
  };
}

/** Whether a run lost no more than it may. */
export function checksOf({ target, loses }: Scenario, account: Account): Check[] {
  const { scenario, lost, told, unsure, twice, operations, measured, failedRequests } = account;
  const check = (what: string, ok: boolean, found: string): Check => ({
    name: `${scenario}: ${what}`,
    ok,
    found,
  });
  // Its metrics end with it, and its clients see it.
  if (target === 'server' || loses === 'what was not sent yet')
    return [check('some spans were not sent yet', lost > 0, `${lost} lost`)];
  const losses = {
    nothing: check('no span is lost', lost === 0 && told === 0, `${lost} lost`),
    'something, and tells it': check(
      'every lost span is told on stderr',
      lost > 0 && isTold(lost, { lost: told, unsure }),
      `${lost} lost, ${told} told${unsure === 0 ? '' : `, ${unsure} may be`}`,
    ),
  };
  return [
    losses[loses],
    check('no request fails', failedRequests === 0, `${failedRequests} failed`),
    check('the metrics count every request', measured === operations, `${measured} of ${operations}`),
    // Whoever sends again what was not acknowledged may send what had arrived.
    ...(target === undefined ? [check('no span is there twice', twice === 0, `${twice} twice`)] : []),
  ];
}
