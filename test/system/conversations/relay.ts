import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { closeServer, listen, type ReceivedSpan, readSpans } from '../../../tools/support/otlp-sink.ts';

/** Passes on every OTLP request to several receivers, and keeps the spans. */
export interface Relay {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** The texts of all requests, of every signal. */
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

/** A request is answered once every receiver has taken it; so what was sent once has come everywhere. */
export async function startRelay(receivers: readonly string[]): Promise<Relay> {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const sent = await buffer(request);
    const isZipped = request.headers['content-encoding'] === 'gzip';
    const body = (isZipped ? gunzipSync(sent) : sent).toString();
    const answers = await Promise.all(
      receivers.map((url) =>
        fetch(`${url}${request.url}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        }).then(
          ({ status }) => status,
          () => 503,
        ),
      ),
    );
    const status = Math.max(...answers);
    if (status === 200) {
      bodies.push(body);
      if (request.url === '/v1/traces') spans.push(...readSpans(JSON.parse(body)));
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    spans,
    bodies,
    close: () => closeServer(server),
  };
}
