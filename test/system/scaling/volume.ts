import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Binaries, freePorts, startStack } from '../../../tools/stack/index.ts';
import { queryClickHouse } from './clickhouse.ts';
import { startCollector } from './collectors.ts';
import { metricSum } from './prometheus-text.ts';
import { type Recording, record, type Usage } from './recorded.ts';
import { startSink } from './sink.ts';

export interface VolumeRow extends Omit<Recording, 'bodies'> {
  requestsPerSession: number;
  /** As an agent passes it on. */
  protobufBytes: number;
  protobufGzipBytes: number;
  /** Memory that a sampler takes to hold it. */
  heldBytes: number;
  /** In the parts of ClickHouse's table, indexes and all, when they are merged. */
  storedBytes: number;
}

export interface VolumeOptions {
  binaries: Binaries;
  /** Requests for each row. */
  requests: number;
  folder: string;
  say(line: string): void;
  signal: AbortSignal;
}

const REQUESTS_PER_SESSION = [10, 100] as const;
const SETTLE_MS = 60_000;

/** Measures what requests weigh at every place of their way. */
export async function runVolume(options: VolumeOptions): Promise<VolumeRow[]> {
  const rows: VolumeRow[] = [];
  for (const requestsPerSession of REQUESTS_PER_SESSION) {
    const sessions = Math.ceil(options.requests / requestsPerSession);
    options.say(`recording ${sessions} sessions of ${requestsPerSession} requests`);
    const usage: Usage = { sessions, requestsPerSession };
    const { bodies, ...recorded } = await record(usage, options.signal);
    const place = { ...options, folder: join(options.folder, `volume-${requestsPerSession}`) };
    options.say('passing them through an agent, into a sampler, into ClickHouse');
    const proto = await throughAgent({ bodies, ...recorded }, place);
    const heldBytes = await heldBySampler({ bodies, ...recorded }, place);
    const storedBytes = await inClickHouse({ bodies, ...recorded }, place);
    rows.push({ ...recorded, requestsPerSession, ...proto, heldBytes, storedBytes });
  }
  return rows;
}

async function throughAgent(
  recording: Recording,
  { binaries, folder, signal }: VolumeOptions,
): Promise<Pick<VolumeRow, 'protobufBytes' | 'protobufGzipBytes'>> {
  let [protobufBytes, protobufGzipBytes] = [0, 0];
  const sink = await startSink(({ path, body, wireBytes }) => {
    if (path !== '/v1/traces') return;
    protobufBytes += body.length;
    protobufGzipBytes += wireBytes;
  });
  const agent = await startCollector({
    otelcol: binaries.otelcol,
    config: 'agent',
    name: 'agent',
    changes: {},
    env: { GATEWAY_URL: sink.url },
    folder,
    signal,
  });
  try {
    await send(recording, agent.url);
    await until(
      async () => (await metric(agent.metricsUrl, 'otelcol_exporter_sent_spans')) >= recording.spans,
    );
  } finally {
    await agent.end();
    await sink.close();
  }
  return { protobufBytes, protobufGzipBytes };
}

/** A sampler that keeps nothing holds everything until its wait is over. */
async function heldBySampler(
  recording: Recording,
  { binaries, folder, signal }: VolumeOptions,
): Promise<number> {
  const sampler = await startCollector({
    otelcol: binaries.otelcol,
    config: 'sampler',
    name: 'sampler',
    changes: {},
    env: { SAMPLER_SHARE: 'nothing', SAMPLER_NUM_TRACES: '1000000' },
    folder,
    signal,
  });
  const memory = (): Promise<number> => metric(sampler.metricsUrl, 'otelcol_process_memory_rss');
  try {
    const before = await memory();
    await send(recording, sampler.url);
    return (await memory()) - before;
  } finally {
    await sampler.end();
  }
}

/** A sampler that keeps everything stores it as it would what it keeps. */
async function inClickHouse(
  recording: Recording,
  { binaries, folder, signal }: VolumeOptions,
): Promise<number> {
  const stack = await startStack({
    binaries,
    dataDir: join(folder, 'stack'),
    logsDir: join(folder, 'stack-logs'),
    ports: await freePorts(),
    services: ['clickhouse'],
    signal,
  });
  try {
    const url = stack.urls.clickhouse;
    const sampler = await startCollector({
      otelcol: binaries.otelcol,
      config: 'sampler',
      name: 'storing-sampler',
      changes: {},
      env: { SAMPLER_SHARE: '.', CLICKHOUSE_URL: url, CLICKHOUSE_COMPRESS: 'none' },
      folder,
      signal,
    });
    try {
      await send(recording, sampler.url);
      await until(async () => (await storedSpans(url)) >= recording.spans);
    } finally {
      await sampler.end();
    }
    await queryClickHouse(url, 'OPTIMIZE TABLE otel_traces FINAL');
    return await storedBytes(url);
  } finally {
    await stack.stop();
  }
}

async function storedSpans(url: string): Promise<number> {
  const sql = 'SELECT toUInt32(uniqExact(SpanId)) AS spans FROM otel_traces';
  const [answer] = await queryClickHouse<{ spans: number }>(url, sql);
  return answer?.spans ?? 0;
}

async function storedBytes(url: string): Promise<number> {
  const [answer] = await queryClickHouse<{ bytes: number }>(
    url,
    `SELECT toFloat64(sum(bytes_on_disk)) AS bytes FROM system.parts
     WHERE active AND database = 'otel' AND table = 'otel_traces'`,
  );
  return answer?.bytes ?? 0;
}

async function send({ bodies }: Recording, url: string): Promise<void> {
  for (const body of bodies) {
    const response = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(30_000),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`the Collector answered ${response.status}`);
  }
}

async function metric(url: string, name: string): Promise<number> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  return metricSum(await response.text(), name);
}

async function until(test: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + SETTLE_MS;
  while (!(await test())) {
    if (Date.now() > deadline) throw new Error(`not everything arrived within ${SETTLE_MS / 1000} s`);
    await sleep(200);
  }
}
