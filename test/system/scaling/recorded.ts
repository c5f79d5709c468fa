import { CountingClient } from './client.ts';
import { startExampleServer } from './example-server.ts';
import { spansOf } from './ledger.ts';
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

const CLIENTS_AT_ONCE = 8;

/**
 * Uses the example server as clients would, with the package's own defaults but for compression, and keeps what it sends.
 */
export async function record(usage: Usage, signal: AbortSignal): Promise<Recording> {
  const { sessions, requestsPerSession } = usage;
  const recording: Recording = { sessions, requests: 0, spans: 0, bodies: [], jsonBytes: 0, gzipBytes: 0 };
  const sink = await startSink(({ path, body, wireBytes }) => {
    if (path !== '/v1/traces') return;
    recording.bodies.push(body);
    recording.jsonBytes += body.length;
    recording.gzipBytes += wireBytes;
    recording.spans += spansOf(JSON.parse(body.toString('utf8'))).length;
  });
  try {
    const server = await startExampleServer({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
    const numbers = Array.from({ length: sessions }, (_, number) => number).values();
    const worker = async (): Promise<void> => {
      for (const number of numbers) {
        signal.throwIfAborted();
        const requests = await oneSession(server.url, number, requestsPerSession);
        recording.requests += requests;
      }
    };
    try {
      await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, worker));
    } finally {
      await server.stop();
    }
  } finally {
    await sink.close();
  }
  return recording;
}

async function oneSession(url: URL, number: number, requests: number): Promise<number> {
  const client = await CountingClient.connect(url, `client-${number % 4}`);
  while (client.requests < requests) await client.call('add_note', { text: `note ${client.requests}` });
  await client.end();
  return client.requests;
}
