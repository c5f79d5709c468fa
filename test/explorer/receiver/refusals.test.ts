import { existsSync } from 'node:fs';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Answered,
  exchange,
  held,
  JSON_TYPE,
  PROTOBUF_TYPE,
  postTo,
  readStatus,
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

describe('what is refused', () => {
  test('other paths are told which there are', async () => {
    expect(await post('/v1/trace', JSON_TYPE, '{}')).toMatchObject({
      status: 404,
      problem: { message: 'OTLP is received at /v1/traces, /v1/metrics and /v1/logs' },
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
    for (const encoding of ['br', 'zstd', 'gzip, gzip', '__proto__', 'constructor']) {
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
      problem: { message: 'the body is too large; send less at a time' },
    };
    expect(await post('/v1/traces', JSON_TYPE, large)).toMatchObject(tooLarge);
    expect(
      await exchanged({ 'content-type': JSON_TYPE }, (request) => {
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
    const answer = await exchanged(
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
