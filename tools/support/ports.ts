import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { closeServer, listen } from './otlp-sink.ts';

const STARTUP_MS = 30_000;

/** A port that nobody listens on. */
export async function freePort(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  await closeServer(server);
  return String(port);
}

/** For servers that tell in many ways that they listen, or not at all. */
export async function untilOpen(port: string, isAlive: () => boolean): Promise<void> {
  const deadline = performance.now() + STARTUP_MS;
  while (!(await isOpen(Number(port)))) {
    if (!isAlive() || performance.now() > deadline) throw new Error('it does not listen');
    await delay(20);
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost');
    socket.once('connect', () => socket.destroy());
    socket.once('error', () => resolve(false));
    socket.once('close', (hadError) => resolve(!hadError));
  });
}
