import type { Era } from '../../../tools/support/mcp-clients.ts';
import type { Way as WeatherWay } from '../../../tools/support/weather-recording.ts';

/** One way to reach the server of a framework. */
export interface Way extends WeatherWay {
  /** Added to the server's environment. */
  env?: Record<string, string>;
  /** Makes the documented lines those of this way. */
  adapt?: (code: string) => string;
}

/** A framework, a server that is made with it, and how docs/frameworks.md says that it is instrumented. */
export interface Framework {
  /** Its folder in `apps`, where nothing else is said, and what `--only` takes. */
  name: string;
  /** Its package, whose version is shown. */
  package: string;
  /** What an application has installed: exact versions. */
  dependencies: Record<string, string>;
  overrides?: Record<string, string>;
  app?: string;
  /** The heading in docs/frameworks.md, below which its lines stand. */
  heading: string;
  /** `first`: they are a module that is loaded before the server; `part`: they are a file of the server. */
  lines: 'first' | 'part';
  /** The file that is run; of a package with a command of its own, that and its arguments. */
  main: string | { command: string; build: string[]; start: (port: string) => string[] };
  /** Which variable gives it the port. Default: `PORT`. */
  portVariable?: string;
  ways: Way[];
}

const API = { '@opentelemetry/api': '1.9.1' };
const ZOD = { zod: '4.6.7', ...API };

const stdio = (era: Era): Way => ({
  name: `stdio, ${era} client`,
  over: 'stdio',
  era,
  source: 'connection',
  endsWith: ['stdin_eof'],
});

const withSessions: Way = {
  name: 'HTTP with sessions, legacy client',
  over: 'http',
  era: 'legacy',
  source: 'protocol',
  endsWith: ['client_delete'],
};

const sessionless = (era: Era): Way => ({
  name: `HTTP without sessions, ${era} client`,
  over: 'http',
  era,
  source: 'inferred',
  endsWith: ['server_shutdown'],
});

/** Some answer SIGTERM themselves, and may end the process, or the transport, before telemetry has ended the session. */
const endingItself = (way: Way): Way => ({
  ...way,
  endsWith: ['server_shutdown', 'transport_close', 'process_exit'],
});

const fastmcp: Framework = {
  name: 'fastmcp',
  package: 'fastmcp',
  dependencies: { fastmcp: '4.20.16', ...ZOD },
  heading: 'FastMCP',
  lines: 'first',
  main: 'server.ts',
  ways: [stdio('legacy'), withSessions, { ...sessionless('legacy'), env: { STATELESS: '1' } }],
};

const mcpFramework: Framework = {
  name: 'mcp-framework',
  package: 'mcp-framework',
  dependencies: {
    'mcp-framework': '0.2.22',
    '@modelcontextprotocol/sdk': '1.32.2',
    ...ZOD,
    zod: '3.25.76',
  },
  heading: 'mcp-framework and Skybridge 1',
  lines: 'first',
  main: 'server.ts',
  ways: [
    stdio('legacy'),
    // All sessions share one server and one transport, which does not tell whose a message is.
    endingItself({ ...withSessions, source: 'connection' }),
  ],
};

const NEXT = 'node_modules/next/dist/bin/next';
const mcpHandler: Framework = {
  name: 'mcp-handler',
  package: 'mcp-handler',
  dependencies: {
    'mcp-handler': '2.4.0',
    '@modelcontextprotocol/server': '2.4.0',
    next: '16.4.6',
    react: '19.3.1',
    'react-dom': '19.3.1',
    ...ZOD,
  },
  heading: 'Next.js',
  lines: 'part',
  main: { command: NEXT, build: ['build'], start: (port) => ['start', '--port', port] },
  ways: [endingItself(sessionless('legacy')), endingItself(sessionless('modern'))],
};

const overStdio = (way: Way): Way => ({
  ...way,
  adapt: (code) => code.replaceAll('StreamableHttpTransport', 'StdioTransport'),
});

const mcpNest: Framework = {
  name: 'mcp-nest',
  package: '@rekog/mcp-nest',
  dependencies: {
    '@rekog/mcp-nest': '2.0.5',
    '@modelcontextprotocol/core': '2.4.0',
    '@modelcontextprotocol/node': '2.1.2',
    '@modelcontextprotocol/server': '2.4.0',
    '@nestjs/common': '12.5.1',
    '@nestjs/core': '12.5.1',
    '@nestjs/microservices': '12.1.1',
    '@nestjs/platform-express': '12.5.1',
    'reflect-metadata': '0.2.2',
    ...ZOD,
  },
  heading: 'NestJS',
  lines: 'part',
  main: 'server.ts',
  ways: [
    overStdio(stdio('legacy')),
    overStdio(stdio('modern')),
    {
      ...withSessions,
      adapt: (code) =>
        code.replace('new StreamableHttpTransport()', 'new StreamableHttpTransport({ statefulMode: true })'),
    },
    sessionless('legacy'),
    sessionless('modern'),
  ],
};

const skybridge: Framework = {
  name: 'skybridge',
  package: 'skybridge',
  dependencies: { skybridge: '2.0.0', ...ZOD },
  // It asks for version 2, which is not published.
  overrides: { '@skybridge/devtools': '1.0.3' },
  heading: 'Skybridge',
  lines: 'part',
  main: 'server-2.ts',
  portVariable: '__PORT',
  ways: [stdio('legacy'), endingItself(sessionless('legacy')), endingItself(sessionless('modern'))],
};

const skybridge1: Framework = {
  name: 'skybridge-1',
  package: 'skybridge',
  dependencies: { skybridge: '1.0.3', '@modelcontextprotocol/sdk': '1.32.2', ...ZOD },
  app: 'skybridge',
  heading: 'mcp-framework and Skybridge 1',
  lines: 'first',
  main: 'server-1.ts',
  portVariable: '__PORT',
  ways: [stdio('legacy'), endingItself(sessionless('legacy'))],
};

const mcpUse: Framework = {
  name: 'mcp-use',
  package: 'mcp-use',
  dependencies: { 'mcp-use': '2.5.2', '@modelcontextprotocol/server': '2.0.0', ...ZOD },
  heading: 'mcp-use',
  lines: 'first',
  main: 'server.ts',
  ways: [sessionless('legacy'), sessionless('modern')],
};

const mastra: Framework = {
  name: 'mastra',
  package: '@mastra/mcp',
  dependencies: { '@mastra/core': '1.71.0', '@mastra/mcp': '2.0.0', ...ZOD },
  heading: 'Mastra',
  lines: 'first',
  main: 'server.ts',
  // It refuses older clients.
  ways: [stdio('modern'), sessionless('modern')],
};

export const FRAMEWORKS: readonly Framework[] = [
  fastmcp,
  mcpFramework,
  mcpHandler,
  mcpNest,
  skybridge,
  skybridge1,
  mcpUse,
  mastra,
];
