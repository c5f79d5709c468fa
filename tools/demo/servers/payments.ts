/** A server of SDK 2.x: protocol 2026-07-28, which has no session on the wire, and the ones before it, stateless. */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { acceptedContent, createMcpHandler, inputRequired, McpServer } from '@modelcontextprotocol/server';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { z } from 'zod';
import { logsIntoRecording } from './log-file.ts';
import { tellAddress } from './tell-address.ts';

const telemetry = new TelemetryManager({
  exporterType: 'file',
  serverName: 'payments',
  batchTimeoutMs: 100,
  // Off by default. Here it shows what redaction leaves of a card number.
  enableArgumentCollection: true,
  // Sessions of a sessionless protocol end by silence. Half an hour, unless there is a demo to be shown.
  sessionIdleTimeoutMs: Number(process.env['DEMO_IDLE_MS'] ?? 30 * 60_000),
});
installShutdownHooks(telemetry);

/** Each line belongs to the span that is open where it is written. */
const logger = logsIntoRecording('payments').getLogger('payments');

class PaymentProviderError extends Error {
  override readonly name = 'PaymentProviderError';
}

const PAYMENT = z.object({
  reference: z.string(),
  amount: z.number(),
  card: z.string(),
});
const CONFIRM_FROM = 500;

/** References that were tried before. The provider fails at the first try, as providers do. */
const tried = new Set<string>();
const MAX_TRIED = 1_000;

/** Whether the release with a new tool is out: clients that have their list of tools do not know of it. */
let isReleased = false;
process.on('message', () => {
  isReleased = true;
});

async function charge(reference: string, amount: number): Promise<string> {
  await telemetry.startActiveSpan('POST provider.example/charges', { 'payment.amount': amount }, async () => {
    await sleep(40);
    if (tried.has(reference)) return;
    if (tried.size === MAX_TRIED) tried.clear();
    tried.add(reference);
    logger.emit({
      severityNumber: SeverityNumber.ERROR,
      severityText: 'ERROR',
      body: 'the provider refused the charge',
      attributes: { 'http.response.status_code': 503, 'payment.reference': reference },
    });
    throw new PaymentProviderError('the payment provider answered 503');
  });
  return `${reference} is paid`;
}

function createPaymentsServer(): McpServer {
  const server = new McpServer({ name: 'payments', version: '2.1.0' });
  server.registerTool('get_balance', { inputSchema: z.object({}) }, async () => {
    await sleep(15);
    return { content: [{ type: 'text', text: '1204.50 EUR' }] };
  });
  server.registerTool(
    'create_payment',
    { inputSchema: PAYMENT },
    async ({ reference, amount }, { mcpReq }) => {
      logger.emit({
        severityNumber: SeverityNumber.INFO,
        severityText: 'INFO',
        body: `a payment of ${amount} EUR was asked for`,
        attributes: { 'payment.reference': reference },
      });
      const answer = acceptedContent<{ sure: boolean }>(mcpReq.inputResponses, 'confirm');
      if (amount >= CONFIRM_FROM && answer === undefined) {
        const requestedSchema = z.object({ sure: z.boolean() });
        const confirm = inputRequired.elicit({ message: `Pay ${amount} EUR?`, requestedSchema });
        return inputRequired({ inputRequests: { confirm } });
      }
      return { content: [{ type: 'text', text: await charge(reference, amount) }] };
    },
  );
  if (isReleased) {
    server.registerTool('refund_payment', { inputSchema: PAYMENT.pick({ reference: true }) }, async () => ({
      content: [{ type: 'text', text: 'refunded' }],
    }));
  }
  telemetry.instrument(server);
  return server;
}

const handler = toNodeHandler(createMcpHandler(createPaymentsServer));
const listener = createServer((request, response) => void handler(request, response));
listener.listen(0, '127.0.0.1', () => tellAddress(listener));
