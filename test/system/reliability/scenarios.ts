import type { ServiceName, Stack } from '../../../tools/stack/index.ts';
import type { Pace } from './traffic.ts';

/** What is broken, for how long, and what must hold. */
export interface Scenario {
  name: string;
  /** In identifiers. */
  key: string;
  /** Which part goes away; the server itself does not come back. */
  target: Extract<ServiceName, 'collector' | 'clickhouse'> | 'server' | undefined;
  how: 'end' | 'kill';
  awayMs: number;
  /** How often. Default: once. */
  times?: number;
  pace: Pace;
  /** Requests that the queue of the Collector's disk holds, where it is not as configured. */
  queueSize?: number;
  /** Whether spans may be lost. */
  loses: 'nothing' | 'something, and tells it' | 'what was not sent yet';
}

const STEADY: Pace = { clients: 20, requestsPerSession: 10, pauseMs: 200 };
const FAST: Pace = { clients: 20, requestsPerSession: 50, pauseMs: 20 };

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'nothing fails',
    key: 'none',
    target: undefined,
    how: 'end',
    awayMs: 0,
    pace: STEADY,
    loses: 'nothing',
  },
  {
    name: 'Collector restarts, away 3 s',
    key: 'collector-end',
    target: 'collector',
    how: 'end',
    awayMs: 3_000,
    pace: STEADY,
    loses: 'nothing',
  },
  {
    name: 'Collector is killed, away 3 s',
    key: 'collector-kill',
    target: 'collector',
    how: 'kill',
    awayMs: 3_000,
    pace: STEADY,
    loses: 'nothing',
  },
  {
    name: 'ClickHouse restarts, away 4 s',
    key: 'clickhouse-end',
    target: 'clickhouse',
    how: 'end',
    awayMs: 4_000,
    pace: STEADY,
    loses: 'nothing',
  },
  {
    name: 'ClickHouse is killed 3 times, away 2 s, fast traffic',
    key: 'clickhouse-kill',
    target: 'clickhouse',
    how: 'kill',
    awayMs: 2_000,
    times: 3,
    pace: FAST,
    loses: 'nothing',
  },
  {
    name: 'Collector away 15 s, fast traffic',
    key: 'collector-away',
    target: 'collector',
    how: 'end',
    awayMs: 15_000,
    pace: FAST,
    loses: 'something, and tells it',
  },
  {
    name: 'the server is killed',
    key: 'server-kill',
    target: 'server',
    how: 'kill',
    awayMs: 0,
    pace: STEADY,
    loses: 'what was not sent yet',
  },
  {
    name: 'ClickHouse away 20 s, queue of 4 requests full',
    key: 'queue-full',
    target: 'clickhouse',
    how: 'end',
    awayMs: 20_000,
    pace: STEADY,
    queueSize: 4,
    loses: 'something, and tells it',
  },
];

/** So that not every kill falls between the same two batches of the server. */
const BETWEEN_MS = 2_700;

/** Takes the part away and gives it back. */
export async function breakPart(scenario: Scenario, stack: Stack, wait: (ms: number) => Promise<void>) {
  const { target, how, awayMs, times = 1 } = scenario;
  if (target === undefined || target === 'server') return;
  for (let time = 0; time < times; time += 1) {
    if (time > 0) await wait(BETWEEN_MS);
    await (how === 'kill' ? stack.kill(target) : stack.end(target));
    await wait(awayMs);
    await stack.start(target);
  }
}
