import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../../../tools/stack/index.ts';
import { toldLosses } from '../../../tools/support/told-losses.ts';
import { startExampleServer } from '../scaling/example-server.ts';
import { type Account, accountOf } from './account.ts';
import { breakPart, type Scenario } from './scenarios.ts';
import { type Found, operationsInPrometheus, RUN_ATTRIBUTE, spansInClickHouse } from './store.ts';
import { spansOf, Traffic } from './traffic.ts';

/** Traffic before and after the fault. */
const AROUND_MS = 4_000;
const POLL_MS = 2_000;
/** Longer than the Collector waits between two tries. */
const QUIET_MS = 15_000;
/** Where nothing stands between the server and ClickHouse but a Collector that runs. */
const SHORT_QUIET_MS = 5_000;

/** Runs one scenario against a stack that is whole, and counts. */
export async function runScenario(scenario: Scenario, stack: Stack, signal: AbortSignal): Promise<Account> {
  const run = `${scenario.key}-${Date.now()}`;
  const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal });
  const server = await startExampleServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: stack.urls.otlpHttp,
    OTEL_RESOURCE_ATTRIBUTES: `${RUN_ATTRIBUTE}=${run}`,
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
  });
  try {
    const traffic = new Traffic(server.url, scenario.pace);
    await wait(AROUND_MS);
    await breakPart(scenario, stack, wait);
    await wait(AROUND_MS);
    if (scenario.target === 'server') server.kill();
    await traffic.stop();
    await server.stop();
    const recorded = traffic.sent.reduce((sum, session) => sum + spansOf(session), 0);
    const expected = recorded - toldLosses(server.stderr()).lost;
    const quietMs = scenario.target === 'server' ? SHORT_QUIET_MS : QUIET_MS;
    const found = await settled(() => spansInClickHouse(stack.urls, run), { expected, quietMs, wait });
    return accountOf({
      scenario: scenario.name,
      sent: traffic.sent,
      found,
      stderr: server.stderr(),
      measured: await operationsInPrometheus(stack.urls, run),
      failedRequests: traffic.failed,
    });
  } finally {
    server.kill();
  }
}

/** Asks until everything is there that the server did not give up, or nothing more comes. */
async function settled(
  ask: () => Promise<Found>,
  { expected, quietMs, wait }: { expected: number; quietMs: number; wait: (ms: number) => Promise<void> },
): Promise<Found> {
  let found = await ask();
  let [grewAt, before] = [Date.now(), size(found)];
  while (before < expected && Date.now() - grewAt < quietMs) {
    await wait(POLL_MS);
    found = await ask();
    if (size(found) > before) grewAt = Date.now();
    before = size(found);
  }
  return found;
}

function size({ spans }: Found): number {
  return [...spans.values()].reduce((sum, each) => sum + each, 0);
}
