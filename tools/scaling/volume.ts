import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Binaries, freePorts, startStack } from '../stack/index.ts';
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
  /** In the blocks of Tempo, where there is one. */
  tempoBytes: number | undefined;
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
    options.say('passing them through an agent, into a sampler, into Tempo');
    const proto = await throughAgent({ bodies, ...recorded }, place);
    const heldBytes = await heldBySampler({ bodies, ...recorded }, place);
    const tempoBytes = await inTempo({ bodies, ...recorded }, place);
    rows.push({ ...recorded, requestsPerSession, ...proto, heldBytes, tempoBytes });
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

async function inTempo(
  recording: Recording,
  { binaries, folder, signal }: VolumeOptions,
): Promise<number | undefined> {
  if (binaries.tempo === undefined) return undefined;
  const stack = await startStack({
    binaries,
    dataDir: join(folder, 'stack'),
    logsDir: join(folder, 'stack-logs'),
    ports: await freePorts(),
    services: ['prometheus', 'tempo', 'collector'],
    signal,
  });
  try {
    await send(recording, stack.urls.otlpHttp);
    const sent = (): Promise<number> => metric(stack.urls.collectorMetrics, 'otelcol_exporter_sent_spans');
    await until(async () => (await sent()) >= recording.spans);
    await fetch(`${stack.urls.tempo}/flush`, { method: 'POST', signal: AbortSignal.timeout(10_000) });
    const blocks = join(folder, 'stack/tempo/blocks');
    let size = -1;
    await until(async () => {
      const before = size;
      size = await sizeOf(blocks);
      await sleep(2_000);
      return size > 0 && size === before;
    });
    return size;
  } finally {
    await stack.stop();
  }
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

/** The bytes of all files below a folder; none where it is not there yet. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => stat(join(entry.parentPath, entry.name)).then(({ size }) => size)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
