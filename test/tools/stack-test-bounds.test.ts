import { expect, test } from '@jest/globals';
import { latencyOf } from '../system/stack/checks/counts.ts';
import type { RequestTruth, SessionTruth } from '../system/stack/traffic/truth.ts';

const CALL = request({ sentAt: 1_000, answeredAt: 1_040, atLeastMs: 20 });
const NEXT = request({ sentAt: 1_045, answeredAt: 1_100 });
/** When the panels are looked at. */
const UNTIL = 60_000;

test('a server may have timed a call longer than its client did, until it read the next request', () => {
  const { least, most } = latencyOf(CALL, session([CALL, NEXT]), UNTIL);
  const timedByClient = 40;
  expect(most).toBeGreaterThan(timedByClient + 50);
  expect(most).toBeLessThan(timedByClient * 1000);
  expect(least).toBeGreaterThan(timedByClient / 1000);
});

test('what another process was asked next says nothing of a call', () => {
  const [first, second] = [session([CALL]), session([NEXT])];
  const both = { ...session([CALL, NEXT]), shares: [first, second] };
  expect(latencyOf(CALL, both, UNTIL).most).toBeGreaterThan(UNTIL - CALL.sentAt);
});

test('the last call of a session was over when the session ended', () => {
  const ended = { ...session([CALL]), ended: { from: 1_200, to: 1_300 } };
  expect(latencyOf(CALL, ended, UNTIL).most).toBeLessThan(UNTIL - CALL.sentAt);
});

function request(times: { sentAt: number; answeredAt: number; atLeastMs?: number }): RequestTruth {
  return { method: 'tools/call', atLeastMs: 0, failed: false, ...times };
}

function session(requests: RequestTruth[]): SessionTruth {
  return {
    client: { name: 'a-client', version: '1.0.0' },
    service: 'a-server',
    transport: 'tcp',
    source: 'protocol',
    status: 'active',
    started: { from: 900, to: 950 },
    requests,
    notifications: [],
    served: [],
  };
}
