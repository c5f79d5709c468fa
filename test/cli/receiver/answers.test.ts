import { existsSync } from 'node:fs';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  ExportMetricsServiceRequestSchema,
  ExportMetricsServiceResponseSchema,
} from '../../../src/cli/receiver/generated/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.ts';
import {
  ExportTraceServiceRequestSchema,
  ExportTraceServiceResponseSchema,
} from '../../../src/cli/receiver/generated/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';
import { type Running, run } from './support.ts';

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

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
    const first = await exchange({ 'content-type': JSON_TYPE }, (request) => {
      const body = traces(span());
      request.write(body.slice(0, 50));
      request.end(body.slice(50));
    });
    expect(first).toMatchObject({ status: 200, connection: 'keep-alive' });
    let continued = false;
    const second = await exchange({ 'content-type': JSON_TYPE, expect: '100-continue' }, (request) => {
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

describe('what is refused', () => {
  test('other paths are told which there are', async () => {
    expect(await post('/v1/trace', JSON_TYPE, '{}')).toMatchObject({
      status: 404,
      problem: { message: 'OTLP is received at /v1/traces and /v1/metrics' },
    });
    expect(await post('/v1/logs', JSON_TYPE, '{}')).toMatchObject({
      status: 404,
      problem: { message: 'logs are not kept; OTLP is received at /v1/traces and /v1/metrics' },
    });
  });

  test('other methods are told which there is', async () => {
    for (const method of ['GET', 'PUT', 'OPTIONS', 'DELETE']) {
      const response = await fetch(`${running.url}/v1/traces`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('another content type, or none, is told which there are', async () => {
    for (const type of ['text/plain', 'application/json-seq', '']) {
      expect(await post('/v1/traces', type, '{}')).toMatchObject({
        status: 415,
        problem: { message: 'the Content-Type must be application/x-protobuf or application/json' },
      });
    }
  });

  test('another content encoding is told which there are', async () => {
    for (const encoding of ['br', 'zstd', 'gzip, gzip']) {
      const answer = await post('/v1/traces', JSON_TYPE, '{}', { 'content-encoding': encoding });
      expect(answer).toMatchObject({
        status: 415,
        problem: { message: 'the Content-Encoding must be one of gzip, deflate, identity' },
      });
      expect(answer.headers['accept-encoding']).toBe('gzip, deflate, identity');
    }
  });

  test('a problem comes in the encoding that was sent', async () => {
    const answer = await post('/v1/traces', PROTOBUF_TYPE, 'no protobuf');
    expect(answer).toMatchObject({ status: 400, type: PROTOBUF_TYPE });
    const { message, type, description } = readStatus(answer.bytes);
    expect(message).toMatch(/^the body is not the protobuf message that belongs here/);
    expect(type).toBe('type.googleapis.com/google.rpc.BadRequest');
    expect(description).toBe(message);
    const other = await post('/v1/traces', PROTOBUF_TYPE, '', { 'content-encoding': 'br' });
    expect(readStatus(other.bytes)).toEqual({
      message: 'the Content-Encoding must be one of gzip, deflate, identity',
    });
  });

  test('a body that is no JSON, or none of OTLP, is told where it is wrong', async () => {
    expect(await post('/v1/traces', JSON_TYPE, '{"resourceSpans":[')).toMatchObject({
      status: 400,
      type: JSON_TYPE,
    });
    expect((await post('/v1/traces', JSON_TYPE, '')).problem.message).toMatch(/^the body is not JSON: /);
    expect((await post('/v1/traces', JSON_TYPE, '[]')).problem.message).toBe('the body is not an object');
    const field = 'resourceSpans[0].scopeSpans[0].spans[1].attributes[0].value.intValue';
    const attributes = [{ key: 'a', value: { intValue: 'one' } }];
    expect((await post('/v1/traces', JSON_TYPE, traces(span(), { ...span(), attributes }))).problem).toEqual({
      message: `${field} is not an integer`,
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field, description: `${field} is not an integer` }],
        },
      ],
    });
    expect(running.written).toEqual([]);
  });

  test('ids in base64, as protobuf has them in JSON, are told how OTLP has them', async () => {
    const traceId = Buffer.from(TRACE_ID, 'hex').toString('base64');
    expect((await post('/v1/traces', JSON_TYPE, traces({ ...span(), traceId }))).problem.message).toBe(
      'resourceSpans[0].scopeSpans[0].spans[0].traceId is not hexadecimal, as ids are in OTLP JSON',
    );
  });

  test('a body that is not what its encoding says', async () => {
    const cut = gzipSync(traces(span())).subarray(0, 40);
    for (const body of [Buffer.from('plain'), cut]) {
      expect(await post('/v1/traces', JSON_TYPE, body, { 'content-encoding': 'gzip' })).toMatchObject({
        status: 400,
        problem: { message: 'the body is not what its Content-Encoding says' },
      });
    }
  });

  test('a body that is too large, said or not, plain or inflated', async () => {
    const large = JSON.stringify({ text: 'x'.repeat(30_000) });
    const tooLarge = {
      status: 413,
      problem: { message: 'the body is too large; send fewer spans or data points at a time' },
    };
    expect(await post('/v1/traces', JSON_TYPE, large)).toMatchObject(tooLarge);
    expect(
      await exchange({ 'content-type': JSON_TYPE }, (request) => {
        for (let at = 0; at < large.length; at += 1_000) request.write(large.slice(at, at + 1_000));
        request.end();
      }),
    ).toMatchObject(tooLarge);
    const bomb = gzipSync(Buffer.alloc(2_000_000, ' '));
    expect(bomb.length).toBeLessThan(20_000);
    expect(await post('/v1/traces', JSON_TYPE, bomb, { 'content-encoding': 'gzip' })).toMatchObject(tooLarge);
    // The same connection can go on, for all of it was taken in.
    expect(await post('/v1/traces', JSON_TYPE, '{}')).toMatchObject({ status: 200 });
  });

  test('a body that does not come', async () => {
    const slow = await run({ bodyTimeoutMs: 20 });
    const answer = await exchange(
      { 'content-type': JSON_TYPE, 'content-length': '100' },
      (request) => request.write('{'),
      slow.port,
    );
    expect(answer).toMatchObject({
      status: 408,
      connection: 'close',
      problem: { message: 'the body took too long to come' },
    });
    await slow.close();
  });

  test('a flood, while it lasts', async () => {
    const small = await run({ maxPendingBytes: 1_000 });
    const body = traces(span());
    expect(body.length).toBeGreaterThan(300);
    const open = await held(small, body, 900);
    const refused = await postTo(small, '/v1/traces', JSON_TYPE, body);
    expect(refused).toMatchObject({ status: 429, problem: { message: 'too much is being sent at a time' } });
    expect(refused.headers['retry-after']).toBe('1');
    expect(await open.finish()).toMatchObject({ status: 200 });
    expect(await postTo(small, '/v1/traces', JSON_TYPE, body)).toMatchObject({ status: 200 });
    await small.close();
  });

  test('what comes while the receiver is being closed', async () => {
    await running.receiver.close();
    const answer = await post('/v1/traces', JSON_TYPE, traces(span()));
    expect(answer).toMatchObject({ status: 503, problem: { message: 'the receiver is being closed' } });
    expect(answer.headers['retry-after']).toBe('5');
  });
});

test('a request that breaks off leaves nothing, and the next one is taken', async () => {
  const socket = connect(running.port, '127.0.0.1');
  const gone = new Promise<void>((resolve) => {
    running.server.once('request', (request: IncomingMessage) => request.once('close', resolve));
  });
  const head = `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: 400\r\n\r\n`;
  socket.write(`${head}{"resourceSpans":[`);
  await new Promise((resolve) => running.server.once('request', resolve));
  socket.destroy();
  await gone;
  expect(existsSync(running.dir)).toBe(false);
  expect(await post('/v1/traces', JSON_TYPE, traces(span()))).toMatchObject({ status: 200 });
  expect(running.warnings).toEqual([]);
});

interface Answered {
  readonly status: number;
  readonly type: string | undefined;
  readonly connection: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly problem: any;
}

function post(path: string, type: string, body: string | Uint8Array, headers = {}): Promise<Answered> {
  return postTo(running, path, type, body, headers);
}

function postTo(
  { port }: Running,
  path: string,
  type: string,
  body: string | Uint8Array,
  headers = {},
): Promise<Answered> {
  const all = {
    ...(type !== '' && { 'content-type': type }),
    'content-length': Buffer.byteLength(body),
    ...headers,
  };
  return exchange(all, (request) => request.end(body), port, path);
}

/** Sends a request by hand. */
function exchange(
  headers: Record<string, string | number>,
  send: (request: ClientRequest) => void,
  port = running.port,
  path = '/v1/traces',
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        request.destroy();
        resolve(answered(response, Buffer.concat(chunks)));
      });
    });
    request.on('error', reject);
    send(request);
  });
}

function answered({ statusCode, headers }: IncomingMessage, bytes: Buffer): Answered {
  const type = headers['content-type'];
  const text = bytes.toString('utf8');
  return {
    status: statusCode ?? 0,
    type,
    connection: headers.connection,
    headers,
    bytes,
    text,
    problem: type === JSON_TYPE ? JSON.parse(text) : undefined,
  };
}

/** A request that has sent so many bytes, and waits for the word to send the rest. */
async function held({ port, server }: Running, body: string, bytes: number) {
  const padded = body.padEnd(bytes + 10);
  let finish!: () => void;
  const arrived = new Promise<void>((resolve) => {
    server.once('request', (request: IncomingMessage) => {
      let length = 0;
      request.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length >= bytes) resolve();
      });
    });
  });
  const answer = exchange(
    { 'content-type': JSON_TYPE, 'content-length': padded.length },
    (request) => {
      request.write(padded.slice(0, bytes));
      finish = () => request.end(padded.slice(bytes));
    },
    port,
  );
  await arrived;
  return {
    finish: () => {
      finish();
      return answer;
    },
  };
}

/** A google.rpc.Status, and the first violation of a google.rpc.BadRequest in it. */
function readStatus(bytes: Uint8Array) {
  const { 2: message, 3: details } = fieldsOf(bytes);
  if (details === undefined) return { message: textOf(message) };
  const { 1: type, 2: badRequest } = fieldsOf(details);
  const { 2: description } = fieldsOf(fieldsOf(badRequest)[1]);
  return { message: textOf(message), type: textOf(type), description: textOf(description) };
}

/** The length-delimited fields of a message. */
function fieldsOf(bytes: Uint8Array | undefined): Record<number, Uint8Array> {
  const reader = new BinaryReader(bytes ?? new Uint8Array());
  const fields: Record<number, Uint8Array> = {};
  while (reader.pos < reader.len) fields[reader.tag()[0]] = reader.bytes();
  return fields;
}

function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}

function span() {
  return {
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    name: 'ping',
    kind: 2,
    startTimeUnixNano: '1795179600000000001',
    endTimeUnixNano: '1795179600100000001',
  };
}

function traces(...spans: object[]): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'test' }, spans }] }] });
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
