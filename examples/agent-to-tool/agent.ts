/**
 * An agent with OpenTelemetry of its own: a loop around a model, with the spans that the conventions for GenAI have for it,
 * and an instrumented client. Each call of a tool is one trace, from the agent to what the tool does.
 *
 *     npx tsx examples/agent-to-tool/agent.ts "How is the weather in Oslo?"
 *
 * starts the server beside it. Telemetry goes to http://localhost:4318, or where OTEL_EXPORTER_OTLP_ENDPOINT says.
 */
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { type Attributes, SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { instrumentClient } from 'mcp-sessionscope';
import { scriptedModel } from './model.ts';

// The agent's own set-up, as it was before.
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'trip-planner' }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const tracer = trace.getTracer('trip-planner');

const client = new Client({ name: 'trip-planner', version: '1.0.0' });
// The one line. The agent's provider is found, and its spans are the parents.
const telemetry = instrumentClient(client);

const env = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
await client.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: ['--import', 'tsx', fileURLToPath(new URL('server.ts', import.meta.url))],
    env: Object.fromEntries(env),
  }),
);
console.log(await answer(process.argv[2] ?? 'How is the weather in Oslo?'));
await client.close();
await telemetry.shutdown();
await provider.shutdown();

function answer(question: string): Promise<string> {
  return inSpan('invoke_agent trip-planner', { 'gen_ai.operation.name': 'invoke_agent' }, async () => {
    await client.listTools();
    const results: string[] = [];
    for (;;) {
      const turn = await ask(question, results);
      if ('text' in turn) return turn.text;
      results.push(await callTool(turn.tool, turn.arguments));
    }
  });
}

function ask(question: string, results: readonly string[]) {
  const attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'scripted' };
  return inSpan('chat scripted', attributes, () => scriptedModel(question, results), SpanKind.CLIENT);
}

/** As instrumentations of GenAI do. The client's attributes come onto this span, and there is no second one. */
function callTool(name: string, args: Record<string, unknown>): Promise<string> {
  const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name };
  return inSpan(`execute_tool ${name}`, attributes, async () => {
    const result = (await client.callTool({ name, arguments: args })) as CallToolResult;
    return result.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  });
}

function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: () => Promise<T>,
  kind = SpanKind.INTERNAL,
): Promise<T> {
  return tracer.startActiveSpan(name, { kind, attributes }, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });
}
