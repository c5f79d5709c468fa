import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/client';
import type { McpServer as V1Server } from '@modelcontextprotocol/sdk/server/mcp.js';
import { InMemoryTransport, type McpServer as V2Server } from '@modelcontextprotocol/server';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { z } from 'zod';
import type { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import type { CurrentRequest, SessionSource } from '../../../src/sdk/types.ts';
import { connectV1, v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';

/** Says, after a while, which request it is in. */
export function withWhich<S extends V1Server | V2Server>(server: S, telemetry: TelemetryManager): S {
  const config = { inputSchema: z.object({ ms: z.number() }) };
  const which = async ({ ms }: { ms: number }) => {
    await delay(ms);
    return { content: [{ type: 'text' as const, text: JSON.stringify(telemetry.currentRequest() ?? null) }] };
  };
  (server as V2Server).registerTool('which', config, which);
  return server;
}

/** A client of either SDK. */
export interface Caller {
  callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  close(): Promise<void>;
}

export async function ask(client: Caller, ms = 0): Promise<CurrentRequest> {
  const result = await client.callTool({ name: 'which', arguments: { ms } });
  return JSON.parse((result as { content: [{ text: string }] }).content[0].text);
}

/** What the span of a request says of the same ids. */
export function idsOf(span: ReadableSpan): CurrentRequest {
  const { attributes } = span;
  const { traceId, spanId } = span.spanContext();
  return {
    sessionId: attributes['mcp.session.id'] as string,
    clientSessionId: attributes['mcp.client.session.id'] as string,
    clientSessionSource: attributes['mcp.client.session.source'] as SessionSource,
    requestId: attributes['mcp.request.id'] as string,
    jsonrpcRequestId: attributes['jsonrpc.request.id'] as string,
    method: attributes['mcp.method.name'] as string,
    toolName: attributes['gen_ai.tool.name'] as string,
    traceId,
    spanId,
  };
}

/** The client of a server that says which request it is in, and is observed. */
export async function inMemoryV1(telemetry: TelemetryManager, server = v1Server()) {
  telemetry.instrument(withWhich(server, telemetry));
  return (await connectV1(server)).client;
}

export async function inMemoryV2(telemetry: TelemetryManager, server = v2Server()) {
  telemetry.instrument(withWhich(server, telemetry));
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  const client = new Client({ name: 'v2-client', version: '2' });
  await client.connect(near);
  return client;
}
