import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { codeBlocks, ROOT } from './blocks.ts';

/** What a block may use without saying where it comes from. */
const GIVEN = `
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { TelemetryConfig, TelemetryManager } from 'mcp-sessionscope';
declare global {
  const server: McpServer;
  const client: Client;
  const telemetry: TelemetryManager;
  function instrumentServer(server: object, config?: TelemetryConfig): TelemetryManager;
  function query(month: string): Promise<string[]>;
}
`;

/** Of the frameworks, which are not installed here, what the documents use. */
const FRAMEWORKS = `
declare module 'fastmcp' {
  export class FastMCPSession {
    get server(): object;
    connect(transport: object): Promise<void>;
  }
}
declare module '@rekog/mcp-nest' {
  type McpServer = import('@modelcontextprotocol/server').McpServer;
  export class StreamableHttpTransport {}
  export class McpStrategy {
    constructor(options: {
      name: string;
      version: string;
      transports: object[];
      serverMutator?: (server: McpServer) => McpServer;
    });
  }
}
declare module '@mastra/mcp' {
  export class MCPServer {
    private createServerInstance;
  }
}
declare module 'skybridge/server' {
  type McpServer = import('@modelcontextprotocol/server').McpServer;
  export class Skybridge {
    constructor(options: { name: string; version: string; handler: (server: McpServer) => McpServer });
  }
}
declare module 'mcp-handler' {
  type McpServer = import('@modelcontextprotocol/server').McpServer;
  export function createMcpHandler(
    initialize: (server: McpServer) => void,
    options: { serverInfo?: { name: string; version: string }; telemetry?: false },
  ): (request: Request) => Promise<Response>;
}
declare module 'next/server' {
  export function after(task: () => Promise<void>): void;
}
`;

/** Of the runtimes, what the documents use. */
const RUNTIMES = `
declare const Bun: {
  serve(options: { port: number; fetch: (request: Request) => Promise<Response> }): void;
};
declare const Deno: {
  serve(options: { port: number }, handler: (request: Request) => Promise<Response>): void;
};
`;

/** A file of the reader's own. */
const TOOLS = `
export declare function registerTools<T extends object>(server: T): T;
`;

/** Newer than the types of the oldest Node.js that is supported. */
const HOOKS = `
export {};
declare module 'node:module' {
  interface ResolveContext { conditions: string[]; }
  type NextResolve = (specifier: string, context: ResolveContext) => { url: string };
  export function registerHooks(hooks: {
    resolve: (specifier: string, context: ResolveContext, nextResolve: NextResolve) => { url: string };
  }): void;
}
`;

function blocksOf(page: string): [name: string, code: string][] {
  // Each is a module; its file stands where it finds the packages that it imports.
  return codeBlocks(page, 'ts').map((code, i) => [
    join(ROOT, `test/docs/${page.replaceAll('/', '-')}-${i + 1}.ts`),
    `${code}export {};\n`,
  ]);
}

test('every TypeScript block of the documents compiles', () => {
  const pages = [
    'README.md',
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const files = new Map([
    [join(ROOT, 'test/docs/given.ts'), GIVEN],
    [join(ROOT, 'test/docs/frameworks.d.ts'), FRAMEWORKS],
    [join(ROOT, 'test/docs/runtimes.d.ts'), RUNTIMES],
    [join(ROOT, 'test/docs/hooks.d.ts'), HOOKS],
    [join(ROOT, 'test/docs/tools.ts'), TOOLS],
    ...pages.flatMap(blocksOf),
  ]);
  expect(files.size).toBeGreaterThan(7);
  const { config } = ts.readConfigFile(join(ROOT, 'examples/tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [] },
    ts.sys,
    join(ROOT, 'examples'),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, language, ...rest) => {
    const code = files.get(name);
    return code === undefined
      ? getSourceFile(name, language, ...rest)
      : ts.createSourceFile(name, code, language);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  const problems = [...files.keys()].flatMap((name) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
  expect(ts.formatDiagnostics(problems, host)).toBe('');
}, 120_000);
