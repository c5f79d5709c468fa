import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A span as OTLP JSON has it, with its attributes as a plain object. */
export interface SinkSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: number;
  status: { code?: number; message?: string };
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
}

/** A real OTLP/HTTP receiver on loopback. `answer` decides the status of each request. */
export interface OtlpSink {
  url: string;
  spans: SinkSpan[];
  metricNames: Set<string>;
  requests: { path: string; headers: http.IncomingHttpHeaders; body: string }[];
  answer: (path: string) => number | 'hang';
  close(): Promise<void>;
}

export async function startOtlpSink(): Promise<OtlpSink> {
  const sockets = new Set<import('node:net').Socket>();
  const sink: OtlpSink = {
    url: '',
    spans: [],
    metricNames: new Set(),
    requests: [],
    answer: () => 200,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString();
      const path = request.url ?? '';
      sink.requests.push({ path, headers: request.headers, body });
      const status = sink.answer(path);
      if (status === 'hang') return;
      if (status === 200) take(sink, path, JSON.parse(body));
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sink.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return sink;
}

/** Plain values of an OTLP attribute list. */
export function plain(
  attributes: { key: string; value: Record<string, any> }[] = [],
): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue(value: Record<string, any>): unknown {
  if (value['arrayValue'] !== undefined) return (value['arrayValue'].values ?? []).map(plainValue);
  if (value['intValue'] !== undefined) return Number(value['intValue']);
  return value['stringValue'] ?? value['doubleValue'] ?? value['boolValue'];
}

function take(sink: OtlpSink, path: string, body: any): void {
  if (path.endsWith('/v1/traces')) {
    for (const { resource, scopeSpans } of body.resourceSpans) {
      for (const { spans } of scopeSpans) {
        for (const span of spans) {
          sink.spans.push({
            ...span,
            attributes: plain(span.attributes),
            resource: plain(resource.attributes),
          });
        }
      }
    }
  } else if (path.endsWith('/v1/metrics')) {
    for (const { scopeMetrics } of body.resourceMetrics) {
      for (const { metrics } of scopeMetrics) for (const { name } of metrics) sink.metricNames.add(name);
    }
  }
}
