/** How an agent is observed. */
export type Way = 'bare' | 'register' | 'instrumentClient';

/** A library by which agents use MCP servers. */
export interface Agent {
  /** What `--only` takes. */
  name: string;
  /** Its package, whose version is shown. */
  package: string;
  /** What an application has installed: exact versions. */
  dependencies: Record<string, string>;
  /** Its file in `apps`. */
  app: string;
  /** The SDK of the servers that it visits: the one that its clients are made of, where it has one. */
  server: 'v1' | 'v2';
  /** The oldest Node.js that it asks for, where that is newer than ours. */
  node?: number;
  /** How its clients can be reached; one that is not the SDK's is out of reach for `register`. */
  ways: readonly Exclude<Way, 'bare'>[];
}

const OPENTELEMETRY = {
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/exporter-trace-otlp-http': '0.223.0',
  '@opentelemetry/sdk-trace-node': '2.12.0',
};

/** What the servers need that the agents visit. */
export const OF_SERVERS: Record<string, string> = {
  '@modelcontextprotocol/node': '2.1.2',
  '@modelcontextprotocol/sdk': '1.32.2',
  '@modelcontextprotocol/server': '2.4.0',
  '@opentelemetry/api': '1.9.1',
  zod: '4.6.7',
};

export const AGENTS: readonly Agent[] = [
  {
    name: 'ai-sdk',
    package: '@ai-sdk/mcp',
    dependencies: { '@ai-sdk/mcp': '1.0.102', zod: '4.6.7', ...OPENTELEMETRY },
    app: 'ai-sdk.ts',
    server: 'v1',
    ways: ['instrumentClient'],
  },
  {
    name: 'ai-sdk-2',
    package: '@ai-sdk/mcp',
    dependencies: { '@ai-sdk/mcp': '2.0.99', zod: '4.6.7', ...OPENTELEMETRY },
    app: 'ai-sdk.ts',
    // Which of both protocols it speaks to one of v2 depends on how fast that starts.
    server: 'v1',
    node: 22,
    ways: ['instrumentClient'],
  },
  {
    name: 'langchain',
    package: '@langchain/mcp-adapters',
    dependencies: {
      '@langchain/mcp-adapters': '1.1.4',
      '@langchain/core': '1.4.0',
      '@langchain/langgraph': '1.7.3',
      '@modelcontextprotocol/sdk': '1.32.2',
      ...OPENTELEMETRY,
    },
    app: 'langchain.ts',
    server: 'v1',
    ways: ['register', 'instrumentClient'],
  },
  {
    name: 'mastra-0',
    package: '@mastra/mcp',
    dependencies: {
      '@mastra/mcp': '0.14.4',
      '@mastra/core': '0.24.8',
      '@modelcontextprotocol/sdk': '1.32.2',
      zod: '3.25.76',
      ...OPENTELEMETRY,
    },
    app: 'mastra-0.ts',
    server: 'v1',
    ways: ['register'],
  },
  {
    name: 'mastra-2',
    package: '@mastra/mcp',
    dependencies: { '@mastra/mcp': '2.0.0', '@mastra/core': '1.71.0', zod: '4.6.7', ...OPENTELEMETRY },
    app: 'mastra-2.ts',
    server: 'v2',
    node: 24,
    ways: ['register'],
  },
  {
    name: 'mcp-use',
    package: 'mcp-use',
    dependencies: { 'mcp-use': '1.34.6', zod: '4.6.7', ...OPENTELEMETRY },
    app: 'mcp-use.ts',
    server: 'v1',
    ways: ['register', 'instrumentClient'],
  },
];
