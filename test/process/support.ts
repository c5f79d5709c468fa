import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';
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
  /** A listener that keeps the process, or one that exits where nobody else listens. */
  ownExceptionListener?: true | 'leaves it to others';
  /** Exit when stdin ends, without a look at what is open. */
  leavesAtStdinEnd?: boolean;
  /**
   * The application's own listener for SIGTERM, added before or after the hooks: `ms` later it exits with 4, or removes
   * itself and sends the signal again; or it does nothing, as the application's wish or as signal-exit does.
   */
  drains?: {
    added: 'before' | 'after';
    once?: boolean;
    ms: number;
    and: 'exit' | 'resend' | 'stay' | 'leave it to others';
  };
  managers?: number;
}

/** What the servers of a test file cannot deliver stays in a folder of its own. */
export const recordings = mkdtempSync(join(tmpdir(), 'mcp-sessionscope-test-'));
afterAll(() => removeFolderSync(recordings));

export function startServer({ config, ...story }: Story, options: Omit<ChildOptions, 'args'> = {}): Child {
  // A busy machine must not make a flush give up.
  const patient = config === undefined ? {} : { config: { shutdownTimeoutMs: 20_000, ...config } };
  return startChild(join(__dirname, 'servers/stdio.mjs'), {
    ...options,
    env: { MCP_SESSIONSCOPE_DIR: recordings, ...options.env },
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
