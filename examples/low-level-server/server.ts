/**
 * The low-level `Server`, with handlers of its own for each method.
 *
 *     npx tsx examples/low-level-server/server.ts
 *
 * is the command to give an MCP client. Telemetry goes to http://localhost:4318, or where
 * OTEL_EXPORTER_OTLP_ENDPOINT says.
 */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';

const server = new Server({ name: 'text-tools', version: '1.0.0' }, { capabilities: { tools: {} } });

const TEXT = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } as const;
const TOOLS: Record<string, (text: string) => string> = {
  reverse: (text) => [...text].reverse().join(''),
  parse: (text) => JSON.stringify(JSON.parse(text)),
};

server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: Object.keys(TOOLS).map((name) => ({ name, inputSchema: TEXT })),
}));

server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
  const tool = TOOLS[params.name];
  // Answered as a JSON-RPC error. -32602 is the caller's doing: the session counts it, the span is no error.
  if (tool === undefined) throw new McpError(ErrorCode.InvalidParams, `no tool ${params.name}`);
  // What a handler throws is answered with -32603: the span is an error and carries the exception.
  return { content: [{ type: 'text', text: tool(String(params.arguments?.['text'])) }] };
});

// The same call as for an McpServer, here after the handlers. Handlers that are set later are seen too.
installShutdownHooks(instrumentServer(server));

await server.connect(new StdioServerTransport());
