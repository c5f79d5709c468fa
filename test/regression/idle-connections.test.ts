import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { createServer } from '../../src/explorer/server/server.ts';

const LIMIT = 512;

const sockets: Socket[] = [];
let close = async (): Promise<void> => {};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await close();
});

/** A server whose OTLP requests are answered when `answer` is called. */
async function serve() {
  const waiting: (() => void)[] = [];
  const otlp = {
    handle: async (_: unknown, response: { end(text: string): void }) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      response.end('taken');
    },
  };
  const server = createServer({ access: { host: '127.0.0.1', token: undefined }, warn: () => {}, otlp });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as { port: number };
  return { server, port, waiting };
}

async function open(port: number, text = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return socket;
}

const head = (method: string, path: string, more = ''): string =>
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${more}\r\n`;

async function firstLine(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString().split('\r\n')[0] as string;
}

// Nobody else was let in until they ran into a timeout, after twelve seconds.
test.each([
  ['say nothing', ''],
  ['send half a head', 'GET /half HTTP/1.1\r\n'],
  ['send half a body', head('POST', '/v1/traces', 'Content-Length: 1000\r\n')],
])(
  'connections that %s make room for others, the oldest first',
  async (_, text) => {
    const { server, port, waiting } = await serve();
    const [oldest] = await Promise.all([open(port, text)]);
    const gone = once(oldest, 'close');
    for (let i = 1; i < LIMIT; i += 1) await open(port, text);
    if (text.includes('\r\n\r\n')) while (waiting.length < LIMIT) await once(server, 'request');
    const newcomer = await open(port, head('GET', '/v1/other'));
    await gone;
    for (const answer of waiting) answer();
    if (text.includes('\r\n\r\n')) while (waiting.length <= LIMIT) await once(server, 'request');
    waiting.at(-1)?.();
    expect(await firstLine(newcomer)).toBe('HTTP/1.1 200 OK');
    expect(sockets.slice(1).filter(({ destroyed }) => destroyed)).toEqual([]);
  },
  20_000,
);

test('connections that wait for an answer stay, and get it', async () => {
  const { server, port, waiting } = await serve();
  for (let i = 0; i < LIMIT; i += 1) await open(port, head('GET', '/v1/traces'));
  while (waiting.length < LIMIT) await once(server, 'request');
  const newcomer = await open(port, head('GET', '/v1/traces'));
  await once(newcomer, 'close');
  const answers = sockets.slice(0, LIMIT).map(firstLine);
  for (const answer of waiting) answer();
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200 OK']));
}, 20_000);
