/**
 * An OTLP/HTTP collector in a process of its own, forked by `collector.ts`. Takes `/<run>/v1/traces` and
 * `/<run>/v1/metrics`, tells by `/<run>/counts` what has arrived, and behaves as the parent says.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Behaviour } from './collector.ts';
import { noCounts, RunCounter } from './counts.ts';

const runs = new Map<string, RunCounter>();
const sockets = new Set<Socket>();
let behaviour: Behaviour = 'ok';
let port = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => answer(request, response, Buffer.concat(chunks)));
});
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => {});
});
server.on('listening', () => {
  port = (server.address() as AddressInfo).port;
  process.send?.({ port, behaviour });
});
server.listen(0, '127.0.0.1');

process.on('message', (next: Behaviour) => {
  const before = behaviour;
  behaviour = next;
  // Whoever still waits for an answer that never comes is let go.
  if (before === 'hang' || next === 'down') for (const socket of sockets) socket.destroy();
  if (next === 'down') server.close(() => process.send?.({ port, behaviour }));
  else if (before === 'down') server.listen(port, '127.0.0.1');
  else process.send?.({ port, behaviour });
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group; the parent ends this process when it is done.
process.on('SIGINT', () => {});

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const [, run = '', ...rest] = (request.url ?? '').split('/');
  const what = rest.join('/');
  if (what === 'counts') {
    response.end(JSON.stringify(runs.get(run)?.counts() ?? noCounts()));
  } else if (behaviour === 'ok') {
    take(run, what, request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  } else if (behaviour === '503') {
    response.writeHead(503).end();
  } else if (behaviour === '429') {
    response.writeHead(429, { 'retry-after': '1' }).end();
  }
}

function take(run: string, what: string, body: Buffer): void {
  let counter = runs.get(run);
  if (counter === undefined) {
    counter = new RunCounter();
    runs.set(run, counter);
  }
  const parsed = JSON.parse(body.toString('utf8'));
  if (what === 'v1/traces') counter.addTraces(parsed);
  else if (what === 'v1/metrics') counter.addMetrics(parsed);
}
