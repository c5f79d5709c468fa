import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { Running } from './support.ts';

export const JSON_TYPE = 'application/json';
export const PROTOBUF_TYPE = 'application/x-protobuf';
export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

export interface Answered {
  readonly status: number;
  readonly type: string | undefined;
  readonly connection: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly problem: any;
}

/** Sends a whole body. */
export function postTo(
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
export function exchange(
  headers: Record<string, string | number>,
  send: (request: ClientRequest) => void,
  port: number,
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
export async function held({ port, server }: Running, body: string, bytes: number) {
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
export function readStatus(bytes: Uint8Array) {
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

/** A span in OTLP JSON, in its canonical form. */
export function span() {
  return {
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    name: 'ping',
    kind: 2,
    startTimeUnixNano: '1795179600000000001',
    endTimeUnixNano: '1795179600100000001',
  };
}

/** A request with these spans. */
export function traces(...spans: object[]): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'test' }, spans }] }] });
}
