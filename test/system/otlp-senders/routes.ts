import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createReceiver } from '../../../src/explorer/receiver/receiver.ts';
import type { RecordedSignal } from '../../../src/explorer/recording/signal.ts';
import { freePorts } from '../../../tools/stack/index.ts';
import { endProcess, signalGroup, spawnService, waitUntilReady } from '../../../tools/stack/process.ts';
import { closeServer, listen } from '../../../tools/support/otlp-sink.ts';
import { removeFolder } from '../../../tools/support/remove-folder.ts';

/** How what is sent comes to a receiver: as it was sent, or through the Collector, in each way in which that can send. */
export const ROUTES = [
  { name: 'direct' },
  { name: 'Collector, protobuf', encoding: 'proto', compression: 'none' },
  { name: 'Collector, protobuf, gzip', encoding: 'proto', compression: 'gzip' },
  { name: 'Collector, JSON', encoding: 'json', compression: 'none' },
  { name: 'Collector, JSON, gzip', encoding: 'json', compression: 'gzip' },
] as const;

/** The lines that one route brought to its receiver's folder, by signal. */
export type Landed = Record<RecordedSignal, string[]>;

export interface Routes {
  /** Where to send: every request goes every route before it is answered. */
  readonly url: string;
  /** The content types, with encodings, of the requests that came here, each once. */
  readonly seen: Set<string>;
  /** What has landed on each route since this was asked last, in the order of {@link ROUTES}. */
  take(): Promise<Landed[]>;
  close(): Promise<void>;
}

/** Starts a receiver for each route, a Collector, and what sends every request both to it and to the first receiver. */
export async function startRoutes(otelcol: string): Promise<Routes> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-sessionscope-senders-'));
  const receivers = await Promise.all(ROUTES.map((_, i) => startReceiver(join(folder, String(i)))));
  const [direct, ...behind] = receivers.map(({ url }) => url);
  const collector = await startCollector(otelcol, behind, folder);
  const seen = new Set<string>();
  const relay = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { 'content-type': type = '', 'content-encoding': encoding } = request.headers;
    seen.add(encoding === undefined ? type : `${type}, ${encoding}`);
    const headers = { 'content-type': type, ...(encoding !== undefined && { 'content-encoding': encoding }) };
    // The Collector answers when its exporters have been answered: they have no queue.
    const answers = [`${direct}${request.url}`, `${collector.url}${request.url}`].map((url) =>
      fetch(url, { method: 'POST', headers, body: new Uint8Array(body) }),
    );
    const [answer, other] = await Promise.all(answers);
    const failed = other?.ok === true ? answer : other;
    response.writeHead(failed?.status ?? 500, {
      'content-type': failed?.headers.get('content-type') ?? type,
    });
    response.end(Buffer.from((await failed?.arrayBuffer()) ?? new ArrayBuffer(0)));
  });
  const url = `http://127.0.0.1:${await listen(relay)}`;
  return {
    url,
    seen,
    take: () => Promise.all(receivers.map(({ take }) => take())),
    close: async () => {
      await closeServer(relay);
      await collector.end();
      await Promise.all(receivers.map(({ server }) => closeServer(server)));
      await removeFolder(folder);
    },
  };
}

interface StartedReceiver {
  url: string;
  server: Server;
  take: () => Promise<Landed>;
}

async function startReceiver(dir: string): Promise<StartedReceiver> {
  const receiver = createReceiver({ dir, warn: (line) => console.error(line) });
  const server = createServer((request, response) => void receiver.handle(request, response));
  const taken = { traces: 0, metrics: 0, logs: 0 };
  const newLines = async (signal: RecordedSignal): Promise<string[]> => {
    const lines = await linesIn(dir, signal);
    const fresh = lines.slice(taken[signal]);
    taken[signal] = lines.length;
    return fresh;
  };
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    server,
    take: async () => ({
      traces: await newLines('traces'),
      metrics: await newLines('metrics'),
      logs: await newLines('logs'),
    }),
  };
}

/** The lines of a signal in the files of a folder. */
export async function linesIn(dir: string, signal: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  const files = names.filter((name) => name.endsWith(`.${signal}.jsonl`));
  const texts = await Promise.all(files.map((name) => readFile(join(dir, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').slice(0, -1));
}

async function startCollector(
  otelcol: string,
  urls: readonly string[],
  folder: string,
): Promise<{ url: string; end: () => Promise<void> }> {
  const ports = await freePorts();
  const file = join(folder, 'collector.yaml');
  await mkdir(folder, { recursive: true });
  await writeFile(file, stringify(collectorConfig(urls, ports.otlpHttp, ports.collectorHealth)));
  const service = {
    name: 'collector' as const,
    command: otelcol,
    args: [`--config=${file}`],
    env: {},
    ready: `http://127.0.0.1:${ports.collectorHealth}/`,
    listens: [],
  };
  const log = join(folder, 'collector.log');
  const pid = await spawnService(service, log, process.env);
  const killAtExit = (): void => signalGroup(pid, 'SIGKILL');
  process.once('exit', killAtExit);
  await waitUntilReady(service, pid, log);
  return {
    url: `http://127.0.0.1:${ports.otlpHttp}`,
    end: async () => {
      await endProcess(pid);
      process.removeListener('exit', killAtExit);
    },
  };
}

function collectorConfig(urls: readonly string[], otlpPort: number, healthPort: number): object {
  const ways = ROUTES.slice(1).map((route, i) => {
    const { encoding, compression } = route as Exclude<(typeof ROUTES)[number], { name: 'direct' }>;
    const at = { endpoint: urls[i], encoding, compression };
    return [
      `otlphttp/${i}`,
      { ...at, sending_queue: { enabled: false }, retry_on_failure: { enabled: false } },
    ];
  });
  const pipeline = { receivers: ['otlp'], exporters: ways.map(([name]) => name) };
  return {
    extensions: { health_check: { endpoint: `127.0.0.1:${healthPort}` } },
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlpPort}` } } } },
    exporters: Object.fromEntries(ways),
    service: {
      extensions: ['health_check'],
      pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
      telemetry: { metrics: { level: 'none' } },
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
