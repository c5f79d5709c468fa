import type { Evaluated, Row } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import type { RequestTruth, SessionTruth } from '../traffic/truth.ts';
import type { Facts } from './check.ts';
import { answered, doneBy, isFailure, latencyOf } from './counts.ts';
import {
  cell,
  expectBetween,
  expectEqual,
  expectSessionLink,
  expectTexts,
  expectTime,
  milliseconds,
  someRows,
} from './expect.ts';

/** Calls of one tool in one session, from a failure to the first success or for good. */
interface Run {
  session: SessionTruth;
  calls: RequestTruth[];
}

export function showsRetries(panel: Evaluated, facts: Facts): void {
  const expected = facts.truth.sessions.flatMap(runsOf);
  const left = [...someRows(panel)].sort((a, b) => failedAt(a) - failedAt(b));
  expectEqual(left.length, expected.length, 'the number of retried calls');
  for (const run of expected) {
    const place = left.findIndex((row) => isOf(row, run, facts));
    expectEqual(place >= 0, true, `that ${run.session.client.name} tried ${run.calls[0]?.tool} again`);
    expectRun(left.splice(place, 1)[0] as Row, run, facts);
  }
}

const failedAt = (row: Row): number => Number(cell(row, 'Failed at').value);

function isOf(row: Row, { session, calls }: Run, { ids }: Facts): boolean {
  return cell(row, 'Session').text === ids.get(session) && cell(row, 'Tool').text === calls[0]?.tool;
}

function expectRun(row: Row, { session, calls }: Run, facts: Facts): void {
  const { to } = facts.view;
  const [first, last] = [calls[0], calls.at(-1)] as [RequestTruth, RequestTruth];
  const what = `${first.tool} of ${session.client.name}`;
  expectTexts(row, { Client: session.client.name, Error: first.errorType as string });
  expectEqual(Number(cell(row, 'Tries').value), calls.length, `the tries of ${what}`);
  expectTime(
    cell(row, 'Failed at').value,
    { from: first.sentAt, to: doneBy(first, session, to) },
    `the failure of ${what}`,
  );
  expectSessionLink(row, facts);
  const recovered = cell(row, 'Recovered after');
  if (isFailure(last)) {
    expectEqual(recovered.value, null, `the recovery of ${what}`);
    return;
  }
  // From the end of the one to the end of the other; starts are told in whole milliseconds.
  const { least } = latencyOf(last, session, to);
  const most = doneBy(last, session, to) - first.sentAt;
  expectBetween(milliseconds(recovered), Math.max(0, least - 2), most + 2, `the recovery of ${what}, in ms,`);
}

/** A run begins with a failure that follows a success or nothing; one of a single call is none. */
function runsOf(session: SessionTruth): Run[] {
  const runs: Run[] = [];
  const open = new Map<string, RequestTruth[]>();
  for (const request of answered(session)) {
    const { tool } = request;
    if (tool === undefined) continue;
    const calls = open.get(tool);
    if (calls !== undefined) calls.push(request);
    else if (isFailure(request)) {
      const begun = [request];
      open.set(tool, begun);
      runs.push({ session, calls: begun });
    }
    if (!isFailure(request)) open.delete(tool);
  }
  return runs.filter(({ calls }) => calls.length > 1);
}
