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
  links?: { traceId: string; spanId: string }[];
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
}

/** A data point of a metric. */
export interface SinkPoint {
  metric: string;
  unit: string;
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
  /** Of a histogram: how many values it holds, and their sum. */
  count?: number;
  sum?: number;
  /** Of a counter. */
  value?: number;
}

/** A status, or a status with headers and a body, or no answer at all. */
export type SinkAnswer =
  | number
  | { status: number; headers?: Record<string, string>; body?: string }
  | 'hang';

/** A real OTLP/HTTP receiver on loopback. `answer` decides the status of each request. */
export interface OtlpSink {
  url: string;
  spans: SinkSpan[];
  points: SinkPoint[];
  metricNames: Set<string>;
  /** `port` is the sender's. */
  requests: { path: string; headers: http.IncomingHttpHeaders; body: string; port: number }[];
  answer: (path: string) => SinkAnswer;
  /** Resolves when `condition` holds, looked at after each request. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** @param port default: one that is free. */
export async function startOtlpSink(port = 0): Promise<OtlpSink> {
  const sockets = new Set<import('node:net').Socket>();
  const waiting = new Set<() => void>();
  const sink: OtlpSink = {
    url: '',
    spans: [],
    points: [],
    metricNames: new Set(),
    requests: [],
    answer: () => 200,
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
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
      sink.requests.push({ path, headers: request.headers, body, port: request.socket.remotePort ?? 0 });
      const answer = sink.answer(path);
      if (answer !== 'hang') {
        const said = typeof answer === 'number' ? { status: answer } : answer;
        if (said.status === 200) take(sink, path, JSON.parse(body));
        response
          .writeHead(said.status, { 'content-type': 'application/json', ...said.headers })
          .end(said.body ?? '{}');
      }
      for (const look of [...waiting]) look();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
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
  if (path.endsWith('/v1/traces')) sink.spans.push(...spansOf(body));
  else if (path.endsWith('/v1/metrics')) {
    const points = pointsOf(body);
    sink.points.push(...points);
    for (const { metric } of points) sink.metricNames.add(metric);
  }
}

/** The spans of one OTLP JSON trace request. */
export function spansOf(body: any): SinkSpan[] {
  return body.resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap(({ spans }: any) =>
      spans.map((span: any) => ({
        ...span,
        attributes: plain(span.attributes),
        resource: plain(resource.attributes),
      })),
    ),
  );
}

/** The data points of one OTLP JSON metrics request. */
export function pointsOf(body: any): SinkPoint[] {
  return body.resourceMetrics.flatMap(({ resource, scopeMetrics }: any) =>
    scopeMetrics.flatMap(({ metrics }: any) =>
      metrics.flatMap(({ name, unit, histogram, sum, gauge }: any) =>
        (histogram ?? sum ?? gauge).dataPoints.map((point: any) => ({
          metric: name,
          unit,
          attributes: plain(point.attributes),
          resource: plain(resource.attributes),
          ...(histogram !== undefined
            ? { count: Number(point.count), sum: point.sum }
            : { value: Number(point.asInt ?? point.asDouble) }),
        })),
      ),
    ),
  );
}
