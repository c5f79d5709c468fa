import { setTimeout as sleep } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { UrlElicitationRequiredError } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { text } from './answer.ts';
import { PAYMENT_MS, SEARCH_MS } from './times.ts';

/** The failure of another service, as a tool throws it. */
class PaymentProviderError extends Error {
  override readonly name = 'PaymentProviderError';
}

/** References that were tried before: the provider fails at the first try. */
const tried = new Set<string>();

/** A server with tools that answer, fail in several ways, take long, and ask the user. */
export function createShop(): McpServer {
  const server = new McpServer({ name: 'shop', version: '2.1.0' });
  server.registerTool('search_orders', { inputSchema: { query: z.string() } }, async ({ query }) => {
    await sleep(SEARCH_MS);
    return text(`1 order for ${query}`);
  });
  server.registerTool('create_payment', { inputSchema: { reference: z.string() } }, async ({ reference }) => {
    await sleep(PAYMENT_MS);
    if (!tried.has(reference)) {
      tried.add(reference);
      throw new PaymentProviderError('the payment provider answered 503');
    }
    return text(`${reference} is paid`);
  });
  server.registerTool('refund_payment', { inputSchema: { reference: z.string() } }, ({ reference }) => ({
    ...text(`${reference} cannot be refunded`),
    isError: true,
  }));
  server.registerTool('export_report', { inputSchema: { ms: z.number() } }, async ({ ms }) => {
    await sleep(ms);
    return text('exported');
  });
  // A name that lists of names, which commas part, must not make two of.
  server.registerTool('link, then sync', {}, () => {
    const url = 'https://payments.example/link';
    const step = { mode: 'url' as const, message: 'Link your account', elicitationId: 'link-1', url };
    throw new UrlElicitationRequiredError([step]);
  });
  server.registerTool('ask_user', {}, async () => {
    const answer = await server.server.elicitInput({
      message: 'Which store?',
      requestedSchema: { type: 'object', properties: { store: { type: 'string' } } },
    });
    return text(answer.action);
  });
  return server;
}
