import { existsSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  ExportMetricsServiceRequestSchema,
  ExportMetricsServiceResponseSchema,
} from '../../../src/explorer/receiver/generated/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.ts';
import {
  ExportTraceServiceRequestSchema,
  ExportTraceServiceResponseSchema,
} from '../../../src/explorer/receiver/generated/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';
import {
  type Answered,
  exchange,
  JSON_TYPE,
  PROTOBUF_TYPE,
  postTo,
  span,
  TRACE_ID,
  traces,
} from './exchange.ts';
import { type Running, run } from './support.ts';

let running: Running;
beforeEach(async () => {
  running = await run({ maxBodyBytes: 20_000, maxInflatedBytes: 100_000, bodyTimeoutMs: 10_000 });
});
afterEach(() => running.close());

describe('what is taken', () => {
  test('is answered by an empty message in the encoding that was sent', async () => {
    const json = await post('/v1/traces', JSON_TYPE, traces(span()));
    expect(json).toMatchObject({ status: 200, type: JSON_TYPE, text: '{}' });
    const protobuf = await post('/v1/traces', PROTOBUF_TYPE, protobufTraces());
    expect(protobuf).toMatchObject({ status: 200, type: PROTOBUF_TYPE, text: '' });
    expect(fromBinary(ExportTraceServiceResponseSchema, protobuf.bytes).partialSuccess).toBeUndefined();
    const metrics = await post('/v1/metrics', PROTOBUF_TYPE, protobufMetrics());
    expect(metrics).toMatchObject({ status: 200, type: PROTOBUF_TYPE, text: '' });
    expect(fromBinary(ExportMetricsServiceResponseSchema, metrics.bytes).partialSuccess).toBeUndefined();
    expect(running.lines('traces')).toHaveLength(2);
    expect(running.lines('metrics')).toHaveLength(1);
  });

  test('is in the file before the answer comes', async () => {
    await post('/v1/traces', JSON_TYPE, traces(span()));
    expect(running.written).toEqual(['traces']);
    expect(JSON.parse(running.lines('traces')[0] ?? '')).toEqual(JSON.parse(traces(span())));
  });

  test('of logs is all of it: ids that are none are left out', async () => {
    const [zeros, none] = [
      { traceId: '0'.repeat(32), spanId: '0'.repeat(16) },
      { traceId: 'ab', spanId: '' },
    ];
    const logRecords = [zeros, none, { traceId: TRACE_ID }].map((ids, i) => ({
      severityNumber: i + 1,
      ...ids,
    }));
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
    expect(await post('/v1/logs', JSON_TYPE, body)).toMatchObject({ status: 200, text: '{}' });
    const [line] = running.lines('logs').map((each) => JSON.parse(each));
    expect(line.resourceLogs[0].scopeLogs[0].logRecords).toEqual([
      { severityNumber: 1 },
      { severityNumber: 2 },
      { severityNumber: 3, traceId: TRACE_ID },
    ]);
  });

  test('may be empty: then nothing is written', async () => {
    expect(await post('/v1/traces', PROTOBUF_TYPE, '')).toMatchObject({ status: 200, text: '' });
    expect(await post('/v1/metrics', JSON_TYPE, '{}')).toMatchObject({ status: 200, text: '{}' });
    expect(
      await post('/v1/traces', JSON_TYPE, '{"resourceSpans":[{"scopeSpans":[{"spans":[]}]}]}'),
    ).toMatchObject({
      status: 200,
      text: '{}',
    });
    expect(existsSync(running.dir)).toBe(false);
  });

  test('may be compressed', async () => {
    const body = traces(span());
    for (const [encoding, bytes] of [
      ['gzip', gzipSync(body)],
      ['GZIP', gzipSync(body)],
      ['deflate', deflateSync(body)],
      ['identity', Buffer.from(body)],
    ] as const) {
      expect(await post('/v1/traces', JSON_TYPE, bytes, { 'content-encoding': encoding })).toMatchObject({
        status: 200,
      });
    }
    expect(new Set(running.lines('traces')).size).toBe(1);
    expect(running.lines('traces')).toHaveLength(4);
  });

  test('may have parameters and any case in its content type, and a query in its address', async () => {
    const type = 'Application/JSON; charset=utf-8';
    expect(await post('/v1/traces?x=1', type, traces(span()))).toMatchObject({
      status: 200,
      type: JSON_TYPE,
    });
  });

  test('may come in chunks, over one connection, after a 100 Continue', async () => {
    const first = await exchanged({ 'content-type': JSON_TYPE }, (request) => {
      const body = traces(span());
      request.write(body.slice(0, 50));
      request.end(body.slice(50));
    });
    expect(first).toMatchObject({ status: 200, connection: 'keep-alive' });
    let continued = false;
    const second = await exchanged({ 'content-type': JSON_TYPE, expect: '100-continue' }, (request) => {
      request.on('continue', () => {
        continued = true;
        request.end(traces(span()));
      });
      request.flushHeaders();
    });
    expect(second).toMatchObject({ status: 200 });
    expect(continued).toBe(true);
    expect(running.lines('traces')).toHaveLength(2);
  });
});

describe('spans that nothing can be done with', () => {
  const bad = [
    [
      'a trace id of another length',
      { traceId: TRACE_ID.slice(2) },
      'a trace id is not 16 bytes, or all zero',
    ],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, 'a trace id is not 16 bytes, or all zero'],
    ['no trace id', { traceId: undefined }, 'a trace id is not 16 bytes, or all zero'],
    ['a span id of zeros', { spanId: '0'.repeat(16) }, 'a span id is not 8 bytes, or all zero'],
    ['no start time', { startTimeUnixNano: '0' }, 'a span has no start time'],
    ["a parent's id of another length", { parentSpanId: 'abcd' }, "a parent span's id is not 8 bytes"],
  ] as const;

  test.each(bad)('are left out, and the others kept: %s', async (_, parts, reason) => {
    const answer = await post('/v1/traces', JSON_TYPE, traces(span(), { ...span(), ...parts }));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: `not kept: ${reason}` },
    });
    expect(running.lines('traces').map((line) => JSON.parse(line))).toEqual([JSON.parse(traces(span()))]);
  });

  test('are counted in protobuf as well, and where they are all there is', async () => {
    const answer = await post('/v1/traces', PROTOBUF_TYPE, protobufTraces(15));
    expect(answer).toMatchObject({ status: 200, type: PROTOBUF_TYPE });
    expect(fromBinary(ExportTraceServiceResponseSchema, answer.bytes).partialSuccess).toMatchObject({
      rejectedSpans: 1n,
      errorMessage: 'not kept: a trace id is not 16 bytes, or all zero',
    });
    expect(existsSync(running.dir)).toBe(false);
  });

  test('are not those whose parent is eight zeros: they have none', async () => {
    expect(
      await post('/v1/traces', JSON_TYPE, traces({ ...span(), parentSpanId: '0'.repeat(16) })),
    ).toMatchObject({
      status: 200,
      text: '{}',
    });
    expect(running.lines('traces')).toEqual([traces(span())]);
  });
});

function post(path: string, type: string, body: string | Uint8Array, headers = {}): Promise<Answered> {
  return postTo(running, path, type, body, headers);
}

function exchanged(
  headers: Record<string, string | number>,
  send: (request: ClientRequest) => void,
  port = running.port,
): Promise<Answered> {
  return exchange(headers, send, port);
}

function protobufTraces(traceIdBytes = 16): Uint8Array {
  const spans = [
    {
      traceId: new Uint8Array(traceIdBytes).fill(7),
      spanId: new Uint8Array(8).fill(7),
      startTimeUnixNano: 1_795_179_600_000_000_001n,
    },
  ];
  return toBinary(
    ExportTraceServiceRequestSchema,
    create(ExportTraceServiceRequestSchema, { resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  );
}

function protobufMetrics(): Uint8Array {
  const metrics = [
    { name: 'calls', data: { case: 'gauge' as const, value: { dataPoints: [{ timeUnixNano: 1n }] } } },
  ];
  return toBinary(
    ExportMetricsServiceRequestSchema,
    create(ExportMetricsServiceRequestSchema, { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
  );
}
