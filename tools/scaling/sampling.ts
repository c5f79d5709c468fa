import { setTimeout as sleep } from 'node:timers/promises';
import type { Check } from '../support/checks.ts';
import { type NativeCollector, startCollector } from './collectors.ts';
import { type ExampleServer, SHOP, startExampleServer } from './example-server.ts';
import { Ledger } from './ledger.ts';
import { startRouter } from './router.ts';
import { type Sink, startSink } from './sink.ts';
import { checksOf, type KindRow, rowsOf } from './verdict.ts';
import { type Kind, play } from './visits.ts';

export interface SamplingOptions {
  otelcol: string;
  sessions: number;
  /** `decision_wait` of the samplers, in seconds. */
  waitSeconds: number;
  folder: string;
  say(line: string): void;
  signal: AbortSignal;
}

export interface SamplingResult {
  rows: KindRow[];
  checks: Check[];
  /** Sessions without errors, and how many of them were kept. */
  clean: { all: number; kept: number };
  spansSent: number;
  spansKept: number;
  samplers: number;
}

const SAMPLERS = 2;
const QUIET_MS = 3_000;
const SETTLE_MS = 30_000;

/** Sends real sessions through an agent and two samplers, and compares what comes out with what went in. */
export async function runSampling(options: SamplingOptions): Promise<SamplingResult> {
  const { say, sessions, waitSeconds, signal } = options;
  const [sent, kept] = [new Ledger(), new Ledger()];
  const end: (() => Promise<void>)[] = [];
  try {
    say(`starting ${SAMPLERS} samplers and an agent`);
    const agent = await startTiers(options, { sent, kept }, end);
    const shop = await startShop(agent.url, end);
    const shopOfOwnTraces = await startShop(agent.url, end, { OTEL_PROPAGATORS: 'none' });
    say(`playing ${sessions} sessions; the long ones take ${2 * waitSeconds} s`);
    const urlOf = (kind: Kind): URL => (kind.ownTraces === true ? shopOfOwnTraces : shop).url;
    const played = await play(urlOf, sessions, waitSeconds * 1000, (done) => {
      if (done % 100 === 0) say(`${done} of ${sessions} sessions`);
      signal.throwIfAborted();
    });
    await Promise.all([shop.stop(), shopOfOwnTraces.stop()]);
    await settled(sent, kept, signal);
    const clean = played.filter(({ kind }) => !kind.fails);
    return {
      clean: { all: clean.length, kept: clean.filter(({ id }) => kept.fateOf(id, sent) !== 'none').length },
      rows: rowsOf(played, { sent, kept }),
      checks: checksOf(played, { sent, kept }),
      spansSent: sent.spans,
      spansKept: kept.spans,
      samplers: SAMPLERS,
    };
  } finally {
    for (const each of end.reverse()) await each();
  }
}

async function startShop(
  agent: string,
  end: (() => Promise<void>)[],
  env: Record<string, string> = {},
): Promise<ExampleServer> {
  const intervals = { STACK_TEST_UPDATE_MS: '1000', STACK_TEST_METRICS_MS: '60000' };
  const shop = await startExampleServer({ OTEL_EXPORTER_OTLP_ENDPOINT: agent, ...intervals, ...env }, SHOP);
  end.push(shop.stop);
  return shop;
}

/** Starts from the end, so that whoever sends finds a receiver. */
async function startTiers(
  { otelcol, waitSeconds, folder, signal }: SamplingOptions,
  { sent, kept }: { sent: Ledger; kept: Ledger },
  end: (() => Promise<void>)[],
): Promise<NativeCollector> {
  const into = (ledger: Ledger): Promise<Sink> =>
    startSink(({ path, body }) => {
      if (path === '/v1/traces') ledger.add(JSON.parse(body.toString('utf8')));
    });
  const output = await into(kept);
  const reference = await into(sent);
  end.push(output.close, reference.close);
  const common = { otelcol, folder, signal };
  const samplers: string[] = [];
  for (let number = 1; number <= SAMPLERS; number += 1) {
    const sampler = await startCollector({
      ...common,
      config: 'sampler',
      name: `sampler-${number}`,
      changes: { exporters: exporterTo('output', output.url), ...tracesTo(['otlphttp/output']) },
      env: { SAMPLER_WAIT: `${waitSeconds}s` },
    });
    end.push(sampler.end);
    samplers.push(sampler.url);
  }
  const router = await startRouter(samplers);
  end.push(router.close);
  const agent = await startCollector({
    ...common,
    config: 'agent',
    name: 'agent',
    changes: {
      exporters: { 'otlphttp/gateway': { encoding: 'json' }, ...exporterTo('reference', reference.url) },
      ...tracesTo(['otlphttp/gateway', 'otlphttp/reference']),
    },
    env: { GATEWAY_URL: router.url },
  });
  end.push(agent.end);
  return agent;
}

const exporterTo = (name: string, endpoint: string): object => ({
  [`otlphttp/${name}`]: { endpoint, encoding: 'json', sending_queue: { storage: 'file_storage' } },
});

const tracesTo = (exporters: string[]): object => ({ service: { pipelines: { traces: { exporters } } } });

/** Resolves when nothing has arrived for a while. */
async function settled(sent: Ledger, kept: Ledger, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + SETTLE_MS;
  let before = -1;
  while (before !== sent.spans + kept.spans && Date.now() < deadline) {
    before = sent.spans + kept.spans;
    await sleep(QUIET_MS, undefined, { signal });
  }
}
