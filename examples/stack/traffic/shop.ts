import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { TelemetryManager } from 'mcp-sessionscope';
import { z } from 'zod';

/** One manager for the process; every server that {@link createShop} makes shares it. */
export function shopTelemetry(): TelemetryManager {
  return new TelemetryManager({
    serverName: 'shop',
    serverVersion: '1.4.0',
    sessionIdleTimeoutMs: Number(process.env['SESSION_IDLE_MS'] ?? 60_000),
    sessionUpdateIntervalMs: Number(process.env['SESSION_UPDATE_MS'] ?? 15_000),
  });
}

/** A shop's tools: a fast one, a slow one, one that fails at times, and a new one that no client calls. */
export function createShop(telemetry: TelemetryManager): McpServer {
  const server = new McpServer({ name: 'shop', version: '1.4.0' });
  server.registerTool('find_item', { inputSchema: { name: z.string() } }, async ({ name }) => {
    await pause(2 + Math.random() * 8);
    return text(`3 of ${name}`);
  });
  server.registerTool('quote_shipping', { inputSchema: { country: z.string() } }, async ({ country }) => {
    await pause(300 + Math.random() * 1_500);
    return text(`to ${country}: 12.50`);
  });
  server.registerTool('create_payment', { inputSchema: { amount: z.number() } }, async ({ amount }) => {
    await pause(20 + Math.random() * 60);
    // Shown to the client as a result with isError, as the protocol wants it.
    if (Math.random() < 0.2) throw new PaymentRefused(`the bank refused ${amount}`);
    return text(`paid ${amount}`);
  });
  server.registerTool('track_parcel', { inputSchema: { id: z.string() } }, async ({ id }) =>
    text(`${id}: sent`),
  );
  server.registerPrompt('recommend', {}, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'Recommend something.' } }],
  }));
  server.registerResource('catalogue', 'shop://catalogue', {}, (uri) => ({
    contents: [{ uri: uri.href, text: 'cups, plates' }],
  }));
  telemetry.instrument(server);
  return server;
}

class PaymentRefused extends Error {
  override name = 'PaymentRefused';
}

function text(value: string) {
  return { content: [{ type: 'text' as const, text: value }] };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
