import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { closeServer, listen } from '../../../tools/support/otlp-sink.ts';

/** One export request as it came over the wire. */
export interface Received {
  path: string;
  body: Buffer;
  /** Bytes of the body as sent, compressed where it was. */
  wireBytes: number;
  isJson: boolean;
}

export interface Sink {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * An OTLP/HTTP receiver that hands on what it gets.
 *
 * @param take - where it rejects, the sender is told to try again
 */
export async function startSink(take: (received: Received) => void | Promise<void>): Promise<Sink> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const raw = Buffer.concat(chunks);
      const isJson = String(request.headers['content-type']).startsWith('application/json');
      const type = isJson ? 'application/json' : 'application/x-protobuf';
      try {
        const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
        await take({ path: request.url ?? '', body, wireBytes: raw.length, isJson });
        response.writeHead(200, { 'content-type': type }).end(isJson ? '{}' : '');
      } catch {
        response.writeHead(503, { 'content-type': type }).end(isJson ? '{}' : '');
      }
    });
  });
  // Senders keep their connections; closing one that they are about to use would make them try again.
  server.keepAliveTimeout = 60_000;
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
}
