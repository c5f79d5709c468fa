import { setTimeout as sleep } from 'node:timers/promises';
import { startExampleServer } from '../scaling/example-server.ts';
import type { Stack } from '../stack/index.ts';
import { type Account, accountOf } from './account.ts';
import { breakPart, type Scenario } from './scenarios.ts';
import { operationsInPrometheus, RUN_ATTRIBUTE, spansInTempo } from './store.ts';
import { type Sent, spansOf, Traffic } from './traffic.ts';

/** Traffic before and after the fault. */
const AROUND_MS = 5_000;
const QUIET_MS = 4_000;
const SETTLE_MS = 40_000;

/** Runs one scenario against a stack that is whole, and counts. */
export async function runScenario(scenario: Scenario, stack: Stack, signal: AbortSignal): Promise<Account> {
  const run = `${scenario.key}-${Date.now()}`;
  const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal });
  const since = Date.now() - 5_000;
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
    const found = await settled(() => spansInTempo(stack.urls, run, since), traffic.sent, wait);
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

/** Asks until everything is there, or nothing more comes. */
async function settled(
  ask: () => Promise<Map<string, Set<string>>>,
  sent: readonly Sent[],
  wait: (ms: number) => Promise<void>,
): Promise<Map<string, Set<string>>> {
  const all = sent.reduce((sum, session) => sum + spansOf(session), 0);
  const deadline = Date.now() + SETTLE_MS;
  let [before, found] = [-1, await ask()];
  while (size(found) < all && (size(found) !== before || size(found) === 0) && Date.now() < deadline) {
    before = size(found);
    await wait(QUIET_MS);
    found = await ask();
  }
  return found;
}

function size(found: Map<string, Set<string>>): number {
  return [...found.values()].reduce((sum, spans) => sum + spans.size, 0);
}
