import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { tail } from '../../../tools/support/children.ts';
import { closeServer, listen } from '../../../tools/support/otlp-sink.ts';
import { endChild } from '../../../tools/support/server-child.ts';
import type { Application } from './application.ts';
import { type Visit, visit } from './client.ts';
import type { Framework, Way } from './frameworks.ts';

const STARTUP_MS = 30_000;
const SHUTDOWN_MS = 8_000;

export interface RunOptions {
  node: string;
  framework: Framework;
  way: Way;
  /** Added to the server's environment. */
  env: Record<string, string>;
  signal: AbortSignal;
}

/** Starts a server, lets a client visit it, and ends it. */
export function run(application: Application, options: RunOptions): Promise<Visit> {
  return options.way.over === 'stdio'
    ? runOverStdio(application, options)
    : runOverHttp(application, options);
}

function runOverStdio({ folder, env, args }: Application, options: RunOptions): Promise<Visit> {
  const target = { command: options.node, args: args(''), cwd: folder, env: { ...env, ...options.env } };
  return visit(target, options.way.era);
}

async function runOverHttp({ folder, env, args }: Application, options: RunOptions): Promise<Visit> {
  const { node, framework, way, signal } = options;
  const port = String(await freePort());
  const child = spawn(node, args(port), {
    cwd: folder,
    env: { ...env, ...options.env, [framework.portVariable ?? 'PORT']: port },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.on('error', (error) => {
    said += `${error.message}\n`;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk;
    });
  }
  try {
    await untilOpen(port, () => child.exitCode === null && !signal.aborted);
    const seen = await visit(new URL(`http://localhost:${port}/mcp`), way.era);
    await endChild(child, SHUTDOWN_MS);
    if (child.signalCode === 'SIGKILL') throw new Error('it did not end with SIGTERM');
    return { ...seen, stderr: said };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${tail(said)}`);
  } finally {
    await endChild(child, 0);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await closeServer(server);
  return port;
}

/** Frameworks tell in many ways that they listen, or not at all. */
async function untilOpen(port: string, isAlive: () => boolean): Promise<void> {
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
