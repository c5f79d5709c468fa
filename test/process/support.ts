import { join } from 'node:path';
import { type Child, type ChildOptions, startChild } from '../support/child.ts';

export type Sdk = 'v1' | 'v2' | 'v2-serve';

/** What the server under test is and does; see servers/stdio.mjs. */
export interface Story {
  sdk?: Sdk;
  /** Options of `instrumentServer`; without it the server is not instrumented. */
  config?: object;
  /** Options of `installShutdownHooks`; without it there are no hooks. */
  hooks?: object;
  /** What the application sets as `process.exitCode`. */
  exitCode?: number | string;
  /** Hold a timer, as a server does that has work of its own. */
  keepAlive?: boolean;
  ownExceptionListener?: boolean;
  managers?: number;
}

export function startServer({ config, ...story }: Story, options: Omit<ChildOptions, 'args'> = {}): Child {
  // A busy machine must not make a flush give up.
  const patient = config === undefined ? {} : { config: { shutdownTimeoutMs: 20_000, ...config } };
  return startChild(join(__dirname, 'servers/stdio.mjs'), {
    ...options,
    args: [JSON.stringify({ ...story, ...patient })],
  });
}

/** The same server with and without telemetry. */
export function startBoth(
  story: Story & { config: object },
  options: Omit<ChildOptions, 'args'> = {},
): { bare: Child; ours: Child } {
  const { config: _config, hooks: _hooks, ...bare } = story;
  return { bare: startServer(bare, options), ours: startServer(story, options) };
}

export const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'story-client', version: '1.0.0' },
  },
};

export const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };

export function call(id: number | string, name: string, args: object = {}): object {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } };
}

/** A conversation of all kinds of messages, good and bad, sent in one go. */
export const conversation: (object | string)[] = [
  initialize,
  initialized,
  { jsonrpc: '2.0', id: 1, method: 'tools/list' },
  call(2, 'echo', { text: 'naïve “quotes”,   and 🦆' }),
  call('three', 'fail'),
  call(4, 'no-such-tool'),
  call(5, 'echo', { text: 42 }),
  'this is not JSON\n',
  { jsonrpc: '2.0', id: 6, method: 'no/such/method', params: { deep: [{ er: null }] } },
  { jsonrpc: '2.0', method: 'notifications/no-such' },
  { jsonrpc: '2.0', id: 7, method: 'ping' },
  call(8, 'large', { bytes: 100_000 }),
];

/** Responses to `conversation`. */
export const ANSWERS = 9;
