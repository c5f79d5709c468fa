import type { Way } from '../../../tools/support/weather-recording.ts';

/** A server that a client visits: which file is run, and how it is reached. */
export interface Visited extends Way {
  /** `documented`: what docs/runtimes.md has for this runtime. */
  main: 'documented' | 'stdio.ts' | 'sessions-server.ts' | 'sessions-worker.ts';
  /** Whether its tool makes a span of its own. */
  hasOwnSpans: boolean;
}

/** A runtime from npm, and how docs/runtimes.md says that a server is instrumented there. */
export interface Runtime {
  /** What `--only` takes; the package, too, whose version is shown. */
  name: 'bun' | 'deno' | 'workerd';
  /** What is installed: exact versions. */
  dependencies: Record<string, string>;
  /** The heading in docs/runtimes.md, below which its lines stand. */
  heading: string;
  /** The program, in `node_modules`. */
  binary: string;
  /** Its arguments before the file. */
  args: string[];
  /** The same, for a server that writes files, or exits by itself. */
  argsForFiles: string[];
  /** Whether it has a process for each server, with stdin, files and an end. */
  hasProcesses: boolean;
  visited: Visited[];
}

const SERVER = {
  '@modelcontextprotocol/sdk': '1.32.2',
  '@modelcontextprotocol/server': '2.4.0',
  '@opentelemetry/api': '1.9.1',
  zod: '4.6.7',
};

/** Deno's arguments for a program that may do these. */
const permitted = (...names: string[]): string[] => [
  'run',
  '--no-prompt',
  ...names.map((name) => `--allow-${name}`),
];

const stdio: Visited = {
  name: 'stdio',
  main: 'stdio.ts',
  over: 'stdio',
  era: 'legacy',
  source: 'connection',
  endsWith: ['stdin_eof'],
  hasOwnSpans: true,
};
const sessions: Visited = {
  name: 'HTTP with sessions',
  main: 'sessions-server.ts',
  over: 'http',
  era: 'legacy',
  source: 'protocol',
  endsWith: ['client_delete'],
  hasOwnSpans: true,
};
const sessionless: Visited = {
  name: 'HTTP without sessions, modern client',
  main: 'documented',
  over: 'http',
  era: 'modern',
  source: 'inferred',
  endsWith: ['server_shutdown'],
  hasOwnSpans: false,
};
const olderClient: Visited = {
  ...sessionless,
  name: 'HTTP without sessions, legacy client',
  era: 'legacy',
};

export const RUNTIMES: readonly Runtime[] = [
  {
    name: 'bun',
    dependencies: { ...SERVER, bun: '1.4.5' },
    heading: 'Bun',
    binary: 'bun/bin/bun.exe',
    args: ['run'],
    argsForFiles: ['run'],
    hasProcesses: true,
    visited: [stdio, sessionless, olderClient, sessions],
  },
  {
    name: 'deno',
    dependencies: { ...SERVER, deno: '2.9.6' },
    heading: 'Deno',
    binary: 'deno/deno',
    // As docs/runtimes.md says.
    args: permitted('net', 'env'),
    argsForFiles: permitted('net', 'env', 'read', 'write', 'sys', 'run'),
    hasProcesses: true,
    visited: [stdio, sessionless, olderClient, sessions],
  },
  {
    name: 'workerd',
    dependencies: { ...SERVER, workerd: '1.20261117.1' },
    heading: 'Cloudflare Workers',
    binary: 'workerd/bin/workerd',
    args: ['serve'],
    argsForFiles: [],
    hasProcesses: false,
    visited: [
      { ...sessionless, endsWith: [] },
      { ...olderClient, endsWith: [] },
      { ...sessions, main: 'sessions-worker.ts' },
    ],
  },
];
