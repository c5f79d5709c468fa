import type * as Package from '../../../src/index.ts';
import { runMain } from '../../../tools/support/children.ts';
import { type OtlpSink, startOtlpSink } from '../../../tools/support/otlp-sink.ts';
import { closingLine, formatTable } from '../../../tools/support/table.ts';
import { type Difference, differences, failures, type Tally, tally } from './compare.ts';
import { type Results, runClient, runSuite, type Suite } from './framework.ts';
import { type ClientTarget, clients, type Instrument, type Target, targets } from './targets.ts';

/** What came of one suite with one server or client, without and with instrumentation. */
interface Outcome {
  target: string;
  suite: string;
  bare: Tally;
  instrumented: Tally;
  spans: number;
  seconds: number;
  /** Checks that it fails by itself, and so with instrumentation too. */
  failing: string[];
  /** What still differs after a second try. */
  differing: Difference[];
  /** Scenarios that differed once and not twice. */
  flaky: string[];
}

const HEADING = [
  'server or client',
  'framework',
  'run',
  'scenarios',
  'pass',
  'fail',
  'warn',
  'other',
  'spans',
  'verdict',
];

async function main(): Promise<void> {
  const sink = await startOtlpSink();
  const outcomes: Outcome[] = [];
  for (const target of targets) {
    for (const suite of target.suites) outcomes.push(await compareServers(target, suite, sink));
  }
  for (const client of clients) outcomes.push(await compareClients(client, sink));
  await sink.close();
  console.log(formatTable([HEADING, ...outcomes.flatMap(rows)]));
  for (const outcome of outcomes) printDetails(outcome);
  const failed = outcomes.filter((outcome) => !isGood(outcome)).length;
  console.log(`\n${closingLine(outcomes.length - failed, failed)}`);
  process.exit(failed === 0 ? 0 : 1);
}

/** One side of a comparison: runs all scenarios, or one of them. */
type Run<T> = (scenario?: string) => Promise<T>;

function compareServers(target: Target, suite: Suite, sink: OtlpSink): Promise<Outcome> {
  return compareRuns(
    { target: target.name, suite: suite.framework.name },
    (scenario) => runAgainst(target, suite, () => {}, scenario),
    (scenario) => runInstrumented(target, suite, sink, scenario),
  );
}

function compareClients(target: ClientTarget, sink: OtlpSink): Promise<Outcome> {
  const runAll = async (receiver: string, scenario?: string): Promise<Results> => {
    const results: Results = new Map();
    for (const each of scenario === undefined ? target.scenarios : [scenario]) {
      for (const found of await runClient(target.framework, each, target.command(receiver)))
        results.set(...found);
    }
    return results;
  };
  return compareRuns(
    { target: target.name, suite: target.framework.name },
    (scenario) => runAll('bare', scenario),
    async (scenario) => {
      sink.clear();
      return { results: await runAll(sink.url, scenario), spans: sink.spans.length };
    },
  );
}

async function compareRuns(
  names: Pick<Outcome, 'target' | 'suite'>,
  runBare: Run<Results>,
  runObserved: Run<{ results: Results; spans: number }>,
): Promise<Outcome> {
  const started = performance.now();
  const bare = await runBare();
  const observed = await runObserved();
  const suspects = differences(bare, observed.results);
  const differing: Difference[] = [];
  for (const { scenario } of suspects) {
    differing.push(...differences(await runBare(scenario), (await runObserved(scenario)).results));
  }
  const lasting = new Set(differing.map(({ scenario }) => scenario));
  return {
    ...names,
    bare: tally(bare),
    instrumented: tally(observed.results),
    spans: observed.spans,
    failing: failures(bare),
    seconds: (performance.now() - started) / 1000,
    differing,
    flaky: suspects.map(({ scenario }) => scenario).filter((scenario) => !lasting.has(scenario)),
  };
}

async function runInstrumented(
  target: Target,
  suite: Suite,
  sink: OtlpSink,
  scenario?: string,
): Promise<{ results: Results; spans: number }> {
  const { TelemetryManager } = await loadBuilt();
  const telemetry = new TelemetryManager({ exporterType: 'otlp-http', exporterEndpoint: sink.url });
  sink.clear();
  const results = await runAgainst(target, suite, (server) => telemetry.instrument(server), scenario);
  await telemetry.shutdown();
  return { results, spans: sink.spans.length };
}

async function runAgainst(
  target: Target,
  suite: Suite,
  instrument: Instrument,
  scenario: string | undefined,
): Promise<Results> {
  const host = await target.start(instrument);
  try {
    return await runSuite(suite, host.url, scenario);
  } finally {
    await host.close();
  }
}

/** The package as it is published, not its sources. */
async function loadBuilt(): Promise<typeof Package> {
  const built = new URL('../../../dist/index.js', import.meta.url).href;
  return (await import(built)) as typeof Package;
}

/** Every check alike, and at least one span for each scenario. */
function isGood({ differing, spans, bare }: Outcome): boolean {
  return differing.length === 0 && spans >= bare.scenarios;
}

function rows(outcome: Outcome): string[][] {
  const { target, suite, bare, instrumented, spans } = outcome;
  const verdict = isGood(outcome) ? 'identical' : outcome.differing.length > 0 ? 'DIFFERENT' : 'NO TELEMETRY';
  return [
    [target, suite, 'bare', ...counts(bare), '-', ''],
    ['', '', 'instrumented', ...counts(instrumented), String(spans), verdict],
  ];
}

function counts({ scenarios, passed, failed, warned, other }: Tally): string[] {
  return [scenarios, passed, failed, warned, other].map(String);
}

function printDetails({ target, suite, failing, flaky, differing, seconds }: Outcome): void {
  console.log(`\n${target}, ${suite}: ${seconds.toFixed(1)} s`);
  if (failing.length > 0) console.log(`  fails without instrumentation too: ${failing.join(', ')}`);
  for (const scenario of flaky) console.log(`  ${scenario} differed once and not on a second try: chance`);
  for (const { scenario, lines } of differing) {
    console.log(`  ${scenario} differs, twice:`);
    for (const line of lines) console.log(`    ${line}`);
  }
}

runMain(main);
