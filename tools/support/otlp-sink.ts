import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** One span as it arrived on the wire, with its attributes and those of its resource as plain objects. */
export interface ReceivedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  /** OTLP: 1 internal, 2 server, 3 client. */
  kind: number;
  /** OTLP status code: 0 unset, 1 ok, 2 error. */
  status: number;
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
  scope: string;
}

/** One metric as it arrived, and how many values its data points hold. */
export interface ReceivedMetric {
  name: string;
  unit: string;
  count: number;
  resource: Record<string, unknown>;
}

/** An OTLP/HTTP receiver that keeps what it is sent. */
export interface OtlpSink {
  /** Base URL, without `/v1`. */
  readonly url: string;
  readonly spans: ReceivedSpan[];
  readonly metrics: ReceivedMetric[];
  /** Forgets everything received so far. */
  clear(): void;
  close(): Promise<void>;
}

/** Starts a receiver on a free port of the loopback interface. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: ReceivedSpan[] = [];
  const metrics: ReceivedMetric[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const json = JSON.parse(
        (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8'),
      );
      if (request.url === '/v1/traces') spans.push(...readSpans(json));
      else if (request.url === '/v1/metrics') metrics.push(...readMetrics(json));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    metrics,
    clear: () => {
      spans.length = 0;
      metrics.length = 0;
    },
    close: () => closeServer(server),
  };
}

/** Listens on a free port of the loopback interface and says which. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Closes a server together with the connections it still holds. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The spans of one request for `/v1/traces`, which is one line of a file, too. */
export function readSpans(request: any): ReceivedSpan[] {
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap(({ scope, spans }: any) =>
      spans.map((span: any) => ({
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        kind: span.kind ?? 0,
        status: span.status?.code ?? 0,
        attributes: plain(span.attributes),
        resource: plain(resource?.attributes),
        scope: scope?.name ?? '',
      })),
    ),
  );
}

/** The metrics of one request for `/v1/metrics`. */
export function readMetrics(request: any): ReceivedMetric[] {
  return (request.resourceMetrics ?? []).flatMap(({ resource, scopeMetrics }: any) =>
    scopeMetrics.flatMap(({ metrics }: any) =>
      metrics.map((metric: any) => ({
        name: metric.name,
        unit: metric.unit ?? '',
        count: pointsOf(metric).reduce((sum: number, point: any) => sum + Number(point.count ?? 1), 0),
        resource: plain(resource?.attributes),
      })),
    ),
  );
}

function pointsOf(metric: any): any[] {
  return metric.histogram?.dataPoints ?? metric.sum?.dataPoints ?? metric.gauge?.dataPoints ?? [];
}

function plain(attributes: any[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value ?? {})[0]]));
}
