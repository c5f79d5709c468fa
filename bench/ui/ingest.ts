import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { fromJson, toBinary } from '@bufbuild/protobuf';
import { ExportTraceServiceRequestSchema } from '../../src/explorer/receiver/generated/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';
import { findTraceFiles } from '../../src/explorer/recording/files.ts';

export interface Ingested {
  readonly encoding: 'JSON' | 'protobuf';
  readonly spans: number;
  readonly ms: number;
  /** Of processor time: of the receiver, and of the index that takes up what it writes. */
  readonly processorMs: number;
}

interface Batch {
  readonly spans: number;
  readonly json: Buffer;
  readonly protobuf: Buffer;
}

/** Senders at a time: as many as one machine's servers are. */
const SENDERS = 4;

/** The first lines of a recording as requests, in both encodings. */
export async function readBatches(dir: string, spans: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  let left = spans;
  for (const { path } of await findTraceFiles(dir)) {
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      if (left <= 0) return batches;
      if (line === '') continue;
      const parsed = JSON.parse(line);
      const message = fromJson(ExportTraceServiceRequestSchema, withBase64Ids(parsed));
      const count: number = parsed.resourceSpans[0].scopeSpans[0].spans.length;
      const protobuf = Buffer.from(toBinary(ExportTraceServiceRequestSchema, message));
      batches.push({ spans: count, json: Buffer.from(line), protobuf });
      left -= count;
    }
  }
  return batches;
}

/** Sends the batches, and waits until all are answered. */
export async function sendAll(
  url: string,
  batches: readonly Batch[],
  encoding: Ingested['encoding'],
  signal: AbortSignal,
): Promise<Pick<Ingested, 'spans' | 'ms'>> {
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  const isJson = encoding === 'JSON';
  const queue = [...batches];
  const startedAt = performance.now();
  const sender = async (): Promise<void> => {
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      signal.throwIfAborted();
      const type = isJson ? 'application/json' : 'application/x-protobuf';
      await post(`${url}/v1/traces`, isJson ? batch.json : batch.protobuf, type, agent);
    }
  };
  try {
    await Promise.all(Array.from({ length: SENDERS }, sender));
  } finally {
    agent.destroy();
  }
  const ms = performance.now() - startedAt;
  return { spans: batches.reduce((sum, { spans }) => sum + spans, 0), ms };
}

function post(url: string, body: Buffer, type: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': body.length };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () =>
        response.statusCode === 200
          ? resolve()
          : reject(new Error(`the receiver answered with ${response.statusCode}`)),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** OTLP JSON has ids in hexadecimal, the JSON of protobuf in base64. */
function withBase64Ids(parsed: any): any {
  const base64 = (id: string): string => Buffer.from(id, 'hex').toString('base64');
  for (const { scopeSpans } of parsed.resourceSpans)
    for (const { spans } of scopeSpans)
      for (const span of spans) {
        span.traceId = base64(span.traceId);
        span.spanId = base64(span.spanId);
      }
  return parsed;
}
