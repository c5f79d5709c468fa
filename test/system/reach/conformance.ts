import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import type { Check } from '../../../tools/support/checks.ts';
import { type Difference, differences, tally } from '../conformance/compare.ts';
import { type Results, runSuite, type Suite } from '../conformance/framework.ts';
import { type Target, targets } from '../conformance/targets.ts';
import { spansIn } from './recording.ts';
import type { Stage } from './stage.ts';
import { throughProxy } from './ways.ts';

const SHORT = ['v1 features'];
/** Whom a web page may reach through it, the proxy decides by itself. */
const ITS_OWN = 'dns-rebinding-protection';

/** The conformance suite through `proxy`: every check comes out as directly. */
export async function checkConformance(stage: Stage, isShort: boolean): Promise<Check[]> {
  const checks: Check[] = [];
  for (const target of targets.filter(({ name }) => !isShort || SHORT.includes(name))) {
    for (const suite of target.suites) {
      stage.signal.throwIfAborted();
      const { results, spans, lasting } = await compareRuns(stage, target, suite);
      const { scenarios, passed, failed } = tally(results);
      const lines = lasting.flatMap(({ scenario, lines }) => lines.map((line) => `${scenario} ${line}`));
      checks.push({
        ok: lasting.length === 0 && spans >= scenarios,
        name: `conformance, ${target.name}, ${suite.framework.name}: through proxy as directly`,
        found: lines.join('\n  ') || `${scenarios} scenarios, ${passed} pass, ${failed} fail; ${spans} spans`,
      });
    }
  }
  return checks;
}

/** A scenario that went differently once is tried again: some depend on chance. */
async function compareRuns(
  stage: Stage,
  target: Target,
  suite: Suite,
): Promise<{ results: Results; spans: number; lasting: Difference[] }> {
  const results = await runDirectly(target, suite);
  const proxied = await runProxied(stage, target, suite);
  const lasting: Difference[] = [];
  for (const { scenario } of unequal(results, proxied.results)) {
    const again = await runDirectly(target, suite, scenario);
    lasting.push(...unequal(again, (await runProxied(stage, target, suite, scenario)).results));
  }
  return { results, spans: proxied.spans, lasting };
}

async function runDirectly(target: Target, suite: Suite, scenario?: string): Promise<Results> {
  const host = await target.start(() => {});
  try {
    return await runSuite(suite, host.url, scenario);
  } finally {
    await host.close();
  }
}

async function runProxied(
  stage: Stage,
  target: Target,
  suite: Suite,
  scenario?: string,
): Promise<{ results: Results; spans: number }> {
  const recording = await mkdtemp(path.join(stage.scratch, 'conformance-'));
  const host = await target.start(() => {});
  try {
    const { result } = await throughProxy(stage, new URL(host.url), recording, (proxied) =>
      runSuite(suite, proxied.href, scenario),
    );
    return { results: result, spans: (await spansIn(recording)).length };
  } finally {
    await host.close();
  }
}

/** The scenarios whose checks came out otherwise; that of {@link ITS_OWN} must pass, whatever the server does. */
function unequal(direct: Results, proxied: Results): Difference[] {
  const others = differences(direct, proxied).filter(({ scenario }) => scenario !== ITS_OWN);
  const refused = (proxied.get(ITS_OWN) ?? []).filter(({ status }) => status !== 'SUCCESS');
  const lines = refused.map(({ id, status }) => `+ ${id}: ${status}`);
  return lines.length === 0 ? others : [...others, { scenario: ITS_OWN, lines }];
}
