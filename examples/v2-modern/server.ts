/**
 * A server of `@modelcontextprotocol/server` 2.x for clients of both eras: of protocol 2026-07-28, which has neither
 * `initialize` nor a session id, and of the protocols before it.
 *
 *     npx tsx examples/v2-modern/server.ts
 *
 * listens on http://127.0.0.1:3000/mcp (PORT chooses another port). Telemetry goes to http://localhost:4318, or where
 * OTEL_EXPORTER_OTLP_ENDPOINT says.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  localhostHostValidation,
  localhostOriginValidation,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import { acceptedContent, createMcpHandler, inputRequired, McpServer } from '@modelcontextprotocol/server';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { z } from 'zod';

const telemetry = new TelemetryManager({ serverName: 'deploy', serverVersion: '2.0.0' });
installShutdownHooks(telemetry);

/** The handler calls it for every HTTP request. */
function createDeployServer(): McpServer {
  const server = new McpServer({ name: 'deploy', version: '2.0.0' });
  server.registerTool(
    'status',
    { inputSchema: z.object({ environment: z.string() }) },
    async ({ environment }) => ({ content: [{ type: 'text', text: `${environment} is up` }] }),
  );
  server.registerTool(
    'deploy',
    { inputSchema: z.object({ environment: z.string() }) },
    async ({ environment }, { mcpReq }) => {
      // The modern protocol asks the user by answering `input_required`; the client then calls again with the answer.
      const answer = acceptedContent<{ sure: boolean }>(mcpReq.inputResponses, 'confirm');
      if (answer === undefined)
        return inputRequired({ inputRequests: { confirm: confirmation(environment) } });
      const text = answer.sure ? `deployed to ${environment}` : 'nothing done';
      return { content: [{ type: 'text', text }] };
    },
  );
  telemetry.instrument(server);
  return server;
}

function confirmation(environment: string) {
  return inputRequired.elicit({
    message: `Deploy to ${environment}?`,
    requestedSchema: z.object({ sure: z.boolean() }),
  });
}

const handler = toNodeHandler(createMcpHandler(createDeployServer));
const validateHost = localhostHostValidation();
const validateOrigin = localhostOriginValidation();
const listener = createServer((request, response) => {
  if (validateHost(request, response) && validateOrigin(request, response)) void handler(request, response);
});
listener.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = listener.address() as AddressInfo;
  console.error(`deploy: listening on http://127.0.0.1:${port}/mcp`);
});
