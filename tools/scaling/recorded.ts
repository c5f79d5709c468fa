import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CountingClient } from './client.ts';
import { startSink } from './sink.ts';

/** What one server sent while clients used it. */
export interface Recording {
  sessions: number;
  /** Requests that were answered. */
  requests: number;
  spans: number;
  /** The bodies of its requests, uncompressed. */
  bodies: Buffer[];
  jsonBytes: number;
  gzipBytes: number;
}

export interface Usage {
  sessions: number;
  requestsPerSession: number;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SERVER = 'examples/streamable-http/server.ts';
const STARTUP_MS = 30_000;
const SHUTDOWN_MS = 10_000;
const CLIENTS_AT_ONCE = 8;

/**
 * Uses the example server as clients would, with the package's own defaults but for compression, and keeps what it sends.
 */
export async function record(usage: Usage, signal: AbortSignal): Promise<Recording> {
  const recording: Recording = { ...usage, requests: 0, spans: 0, bodies: [], jsonBytes: 0, gzipBytes: 0 };
  const sink = await startSink(({ path, body, wireBytes }) => {
    if (path !== '/v1/traces') return;
    recording.bodies.push(body);
    recording.jsonBytes += body.length;
    recording.gzipBytes += wireBytes;
    recording.spans += countSpans(body);
  });
  const server = startServer(sink.url);
  try {
    const url = await addressOf(server);
    const numbers = Array.from({ length: usage.sessions }, (_, number) => number).values();
    const worker = async (): Promise<void> => {
      for (const number of numbers) {
        signal.throwIfAborted();
        const requests = await oneSession(url, number, usage.requestsPerSession);
        recording.requests += requests;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, worker));
    await stopServer(server);
  } finally {
    server.kill('SIGKILL');
    await sink.close();
  }
  return recording;
}

/** `initialize`, calls, and a prompt at the end. */
async function oneSession(url: URL, number: number, requests: number): Promise<number> {
  const client = await CountingClient.connect(url, `client-${number % 4}`);
  while (client.requests < requests) await client.call('add_note', { text: `note ${client.requests}` });
  await client.end();
  return client.requests;
}

function startServer(endpoint: string): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', SERVER], {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
  return child;
}

function addressOf(child: ChildProcess): Promise<URL> {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (why: string): void => reject(new Error(`the example server ${why}\n${text}`));
    const timer = setTimeout(() => fail('did not start in time'), STARTUP_MS);
    child.once('exit', () => fail('ended'));
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk;
      const address = /listening on (http\S+)/.exec(text)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(new URL(address));
    });
  });
}

/** SIGTERM, on which the server sends what it still has. */
async function stopServer(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), SHUTDOWN_MS);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(timer);
}

function countSpans(body: Buffer): number {
  const { resourceSpans } = JSON.parse(body.toString('utf8'));
  return resourceSpans
    .flatMap(({ scopeSpans }: any) => scopeSpans)
    .reduce((sum: number, { spans }: any) => sum + spans.length, 0);
}
