import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export type Attributes = Record<string, unknown>;

/** A received span, its attributes as a plain object. */
export interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  /** OTLP: 1 internal, 2 server, 3 client. */
  kind: number;
  /** OTLP: code 2 is an error. */
  status: { code?: number; message?: string };
  startTimeUnixNano: string;
  attributes: Attributes;
  events: { name: string; attributes: Attributes }[];
  links: { traceId: string; spanId: string }[];
  resource: Attributes;
}

/** A received data point of a metric. */
export interface Point {
  metric: string;
  unit: string;
  attributes: Attributes;
  /** Of a histogram. */
  count?: number;
  sum?: number;
  /** Of a counter. */
  value?: number;
  resource: Attributes;
}

/** A small OTLP/HTTP receiver on loopback, as a collector would be: it keeps what arrives. */
export interface OtlpSink {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  url: string;
  spans: Span[];
  points: Point[];
  /** The headers of every request, for examples that look at the exporter itself. */
  headers: IncomingHttpHeaders[];
  /** Resolves with the first span for which `test` holds, now or when it arrives. */
  span(what: string, test: (span: Span) => boolean, timeoutMs?: number): Promise<Span>;
  close(): Promise<void>;
}

interface Waiting {
  test: (span: Span) => boolean;
  found: (span: Span) => void;
}

export async function startOtlpSink(): Promise<OtlpSink> {
  const waiting = new Set<Waiting>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = JSON.parse(
        (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString(),
      );
      sink.headers.push(request.headers);
      sink.points.push(...pointsOf(body));
      for (const span of spansOf(body)) {
        sink.spans.push(span);
        for (const each of waiting) if (each.test(span)) each.found(span);
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const sink: OtlpSink = {
    url: '',
    spans: [],
    points: [],
    headers: [],
    span: (what, test, timeoutMs = 15_000) => {
      const known = sink.spans.find(test);
      return known === undefined ? waitFor(waiting, what, test, timeoutMs) : Promise.resolve(known);
    },
    close: () => closed(server),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sink.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return sink;
}

function waitFor(
  waiting: Set<Waiting>,
  what: string,
  test: (span: Span) => boolean,
  timeoutMs: number,
): Promise<Span> {
  return new Promise((resolve, reject) => {
    const entry: Waiting = {
      test,
      found: (span) => {
        clearTimeout(timer);
        waiting.delete(entry);
        resolve(span);
      },
    };
    const timer = setTimeout(() => {
      waiting.delete(entry);
      reject(new Error(`no ${what} arrived within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    waiting.add(entry);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function spansOf(body: any): Span[] {
  return (body.resourceSpans ?? []).flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap(({ spans }: any) =>
      spans.map((span: any) => ({
        ...span,
        attributes: plain(span.attributes),
        events: (span.events ?? []).map((event: any) => ({ ...event, attributes: plain(event.attributes) })),
        links: span.links ?? [],
        resource: plain(resource.attributes),
      })),
    ),
  );
}

function pointsOf(body: any): Point[] {
  return (body.resourceMetrics ?? []).flatMap(({ resource, scopeMetrics }: any) =>
    scopeMetrics.flatMap(({ metrics }: any) =>
      metrics.flatMap(({ name, unit, histogram, sum, gauge }: any) =>
        (histogram ?? sum ?? gauge).dataPoints.map((point: any) => ({
          metric: name,
          unit,
          attributes: plain(point.attributes),
          ...(point.count !== undefined && { count: Number(point.count), sum: point.sum }),
          ...(point.count === undefined && { value: point.asDouble ?? Number(point.asInt) }),
          resource: plain(resource.attributes),
        })),
      ),
    ),
  );
}

/** Plain values of an OTLP attribute list. */
function plain(attributes: { key: string; value: any }[] = []): Attributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue(value: any): unknown {
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plainValue);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
