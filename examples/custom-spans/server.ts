/**
 * Spans, histograms and counters of your own, next to what is recorded anyway, and a data processor that sees all of
 * their attributes before they leave.
 *
 *     npx tsx examples/custom-spans/server.ts
 *
 * is the command to give an MCP client. Telemetry goes to http://localhost:4318, or where
 * OTEL_EXPORTER_OTLP_ENDPOINT says.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';
import { z } from 'zod';

const server = new McpServer({ name: 'shop', version: '1.0.0' });

const telemetry = instrumentServer(server, {
  // Arguments are off by default; here they are wanted. Redaction by key and by value stays on.
  enableArgumentCollection: true,
  // Runs over the attributes of every span and data point. What it returns is recorded.
  dataProcessors: [
    ({ 'shop.customer.name': customer, ...rest }) => ({
      ...rest,
      ...(customer !== undefined && { 'shop.customer.initial': customer[0] }),
    }),
  ],
});
installShutdownHooks(telemetry);

// Made once, by name; each is a function that records.
const recordTotal = telemetry.getHistogram('shop.order.total', {
  unit: '{EUR}',
  description: 'Value of orders',
});
const countOrders = telemetry.getIncrementCounter('shop.orders', { unit: '{order}' });

server.registerTool(
  'place_order',
  { inputSchema: { item: z.string(), total: z.number(), customer: z.string(), email: z.string() } },
  async ({ item, total, customer }) => {
    // A child of the request's span, with the ids of the request and of the client session. It ends with the function,
    // and what the function throws is recorded and thrown on.
    const receipt = await telemetry.startActiveSpan(
      'charge card',
      { 'shop.item': item, 'shop.customer.name': customer },
      async (span) => {
        await sleep(20);
        if (total > 1000) throw new Error('card declined');
        span.setAttribute('shop.receipt', 'R-1');
        return 'R-1';
      },
    );
    // No ids on metrics: few values only.
    recordTotal(total, { 'shop.item': item });
    countOrders(1, { 'shop.item': item });
    return { content: [{ type: 'text', text: receipt }] };
  },
);

await server.connect(new StdioServerTransport());
