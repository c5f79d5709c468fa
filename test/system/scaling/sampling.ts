import { setTimeout as sleep } from 'node:timers/promises';
import type { Check } from '../../../tools/support/checks.ts';
import { type CollectorOptions, type NativeCollector, startCollector } from './collectors.ts';
import { type ExampleServer, SHOP, startExampleServer } from './example-server.ts';
import { Ledger } from './ledger.ts';
import { type Sink, startSink } from './sink.ts';
import { checksOf, type KindRow, type Ledgers, routingCheck, rowsOf } from './verdict.ts';
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

/** Sends real sessions through an agent, a gateway and two samplers, and compares what comes out with what went in. */
export async function runSampling(options: SamplingOptions): Promise<SamplingResult> {
  const { say, sessions, waitSeconds, signal } = options;
  const [sent, kept] = [new Ledger(), new Ledger()];
  const bySampler = Array.from({ length: SAMPLERS }, () => new Ledger());
  const end: (() => Promise<void>)[] = [];
  try {
    say(`starting ${SAMPLERS} samplers, a gateway and an agent`);
    const agent = await startTiers(options, { sent, kept }, bySampler, end);
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
      checks: [...checksOf(played, { sent, kept }), routingCheck(bySampler)],
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
  { sent, kept }: Ledgers,
  bySampler: readonly Ledger[],
  end: (() => Promise<void>)[],
): Promise<NativeCollector> {
  const start = async (options: Omit<CollectorOptions, 'otelcol' | 'folder' | 'signal'>) => {
    const collector = await startCollector({ otelcol, folder, signal, ...options });
    end.push(collector.end);
    return collector;
  };
  const samplers: string[] = [];
  for (const [index, own] of bySampler.entries()) {
    const output = await startLedgers([kept, own], end);
    const sampler = await start({
      config: 'sampler',
      name: `sampler-${index + 1}`,
      changes: { exporters: exporterTo('output', output.url), ...tracesTo(['otlphttp/output']) },
      env: { SAMPLER_WAIT: `${waitSeconds}s` },
    });
    samplers.push(sampler.grpc);
  }
  const reference = await startLedgers([sent], end);
  const gateway = await start({
    config: 'gateway',
    name: 'gateway',
    // A name leads to addresses, not to ports, and on one machine the samplers differ by their ports.
    changes: { exporters: { load_balancing: { resolver: { dns: null, static: { hostnames: samplers } } } } },
    env: { METRICS_URL: reference.url },
  });
  return start({
    config: 'agent',
    name: 'agent',
    changes: {
      exporters: exporterTo('reference', reference.url),
      ...tracesTo(['otlphttp/gateway', 'otlphttp/reference']),
    },
    env: { GATEWAY_URL: gateway.url },
  });
}

async function startLedgers(ledgers: readonly Ledger[], end: (() => Promise<void>)[]): Promise<Sink> {
  const sink = await startSink(({ path, body }) => {
    if (path !== '/v1/traces') return;
    for (const ledger of ledgers) ledger.add(JSON.parse(body.toString('utf8')));
  });
  end.push(sink.close);
  return sink;
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
