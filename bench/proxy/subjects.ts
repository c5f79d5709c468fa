import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { BUILT_CLI } from '../../tools/support/built.ts';
import { freePort, untilOpen } from '../../tools/support/ports.ts';
import { endChild } from '../../tools/support/server-child.ts';

/** A way from the client to the tool. */
export interface Subject {
  readonly name: string;
  /** What the server at its end speaks. Each is compared with the client that calls this server directly. */
  readonly to: 'stdio' | 'HTTP';
  /** The floor: what anything in between costs, if it does nothing else. */
  readonly role: 'direct' | 'floor' | 'ours' | 'peer';
  /** What stands on the way, for the report. */
  readonly way: string;
  start(places: Places): Promise<Running>;
}

export interface Places {
  /** Where what ours record goes. */
  readonly recording: string;
  /** Folder whose `node_modules` has the peers. */
  readonly peers: string;
}

/** A way that is open. */
export interface Running {
  readonly transport: StdioClientTransport | StreamableHTTPClientTransport;
  /** The processes that were started, whose children count too. */
  pids(): readonly number[];
  stop(): Promise<void>;
}

const SERVER = fileURLToPath(new URL('children/server.mjs', import.meta.url));
const RELAY = fileURLToPath(new URL('children/relay.mjs', import.meta.url));
const GRACE_MS = 3_000;

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'direct',
    to: 'stdio',
    role: 'direct',
    way: 'client -> server',
    start: () => overStdio([SERVER]),
  },
  {
    name: 'relay',
    to: 'stdio',
    role: 'floor',
    way: 'client -> relay that reads nothing -> server',
    start: () => overStdio([RELAY, process.execPath, SERVER]),
  },
  {
    name: 'run',
    to: 'stdio',
    role: 'ours',
    way: 'client -> run -> server',
    start: ({ recording }) =>
      overStdio([BUILT_CLI, 'run', '--dir', recording, '--', process.execPath, SERVER]),
  },
  {
    name: 'direct',
    to: 'HTTP',
    role: 'direct',
    way: 'client -> HTTP server',
    start: () => overHttp(async (port, start) => start([SERVER], { PORT: port })),
  },
  {
    name: 'proxy',
    to: 'HTTP',
    role: 'ours',
    way: 'client -> proxy -> HTTP server',
    start: ({ recording }) =>
      overHttp(async (port, start) => {
        const inner = await freePort();
        await start([SERVER], { PORT: inner }, inner);
        const to = `http://127.0.0.1:${inner}/mcp`;
        await start([BUILT_CLI, 'proxy', '--to', to, '--port', port, '--dir', recording]);
      }),
  },
  {
    name: 'mcp-proxy',
    to: 'stdio',
    role: 'peer',
    way: 'client -> mcp-proxy -> stdio server',
    start: ({ peers }) =>
      overHttp(async (port, start) => {
        const options = ['--port', port, '--host', '127.0.0.1', '--server', 'stream'];
        await start([programOf(peers, 'mcp-proxy'), ...options, '--', process.execPath, SERVER]);
      }),
  },
  {
    name: 'supergateway',
    to: 'stdio',
    role: 'peer',
    way: 'client -> supergateway -> stdio server',
    start: ({ peers }) =>
      overHttp(async (port, start) => {
        const stdio = ['--stdio', `"${process.execPath}" "${SERVER}"`];
        // Without sessions it would start a server for every call.
        const options = [
          '--outputTransport',
          'streamableHttp',
          '--stateful',
          '--port',
          port,
          '--logLevel',
          'none',
        ];
        await start([programOf(peers, 'supergateway'), ...stdio, ...options]);
      }),
  },
];

async function overStdio(args: string[]): Promise<Running> {
  const transport = new StdioClientTransport({ command: process.execPath, args, stderr: 'inherit' });
  return {
    transport,
    pids: () => (transport.pid === null ? [] : [transport.pid]),
    stop: () => transport.close(),
  };
}

/** Starts Node with these arguments; resolves when it listens. */
type Start = (args: string[], env?: Record<string, string>, port?: string) => Promise<void>;

async function overHttp(startAll: (port: string, start: Start) => Promise<void>): Promise<Running> {
  const port = await freePort();
  const children: ChildProcess[] = [];
  const start: Start = async (args, env = {}, listensOn = port) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...getDefaultEnvironment(), ...env },
    });
    children.push(child);
    await untilOpen(listensOn, () => child.exitCode === null);
  };
  /** Those in front first: what they record of an end is the client's doing. */
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) await endChild(child, GRACE_MS);
  };
  try {
    await startAll(port, start);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    transport: new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), {
      fetch: unstoppable,
    }),
    pids: () => children.flatMap(({ pid }) => pid ?? []),
    stop,
  };
}

/** The client's one signal gets a listener with every request, which stays until there is time to collect it. */
function unstoppable(url: string | URL, { signal, ...init }: RequestInit = {}): Promise<Response> {
  return fetch(url, init);
}

/** The file of a package's command. */
function programOf(folder: string, name: string): string {
  const at = join(folder, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
  return join(at, typeof bin === 'string' ? bin : bin[name]);
}
