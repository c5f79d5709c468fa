import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedRequest {
  path: string;
  headers: http.IncomingHttpHeaders;
  /** Its bytes. */
  raw: Buffer;
  /** Its JSON. */
  body: any;
}

/** How a request is answered; `hold` leaves it open, `reset` cuts the connection. */
export type ReceiverAnswer =
  | { status: number; headers?: Record<string, string>; body?: string | object }
  | 'hold'
  | 'reset';

/** A real HTTP server that keeps every request and answers as the test says. */
export interface OtlpReceiver {
  url: string;
  port: number;
  /** Every request, in order, whatever was answered. */
  requests: ReceivedRequest[];
  /** Default: 200 with an empty object. `index` counts requests from 0. */
  answer: (request: ReceivedRequest, index: number) => ReceiverAnswer | Promise<ReceiverAnswer>;
  /** Resolves when there are so many requests. */
  received(count: number): Promise<void>;
  /** Ids of all spans, in order of arrival. */
  spanIds(): string[];
  close(): Promise<void>;
}

export async function startReceiver(port = 0): Promise<OtlpReceiver> {
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  const receiver: OtlpReceiver = {
    url: '',
    port: 0,
    requests: [],
    answer: () => ({ status: 200 }),
    received: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (receiver.requests.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    spanIds: () => receiver.requests.flatMap(({ body }) => spanIdsOf(body)),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const received = { path: request.url ?? '', headers: request.headers, raw, body: parsed(raw) };
    receiver.requests.push(received);
    for (const look of [...waiting]) look();
    const answer = await receiver.answer(received, receiver.requests.length - 1);
    if (answer === 'hold') return;
    if (answer === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const { status, headers = {}, body = {} } = answer;
    const isText = typeof body === 'string';
    response
      .writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers })
      .end(isText ? body : JSON.stringify(body));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  receiver.port = (server.address() as AddressInfo).port;
  receiver.url = `http://127.0.0.1:${receiver.port}`;
  return receiver;
}

function parsed(raw: Buffer): any {
  try {
    return JSON.parse(raw.toString());
  } catch {
    return undefined;
  }
}

function spanIdsOf(body: any): string[] {
  return (body?.resourceSpans ?? []).flatMap(({ scopeSpans }: any) =>
    scopeSpans.flatMap(({ spans }: any) => spans.map(({ spanId }: any) => spanId)),
  );
}
