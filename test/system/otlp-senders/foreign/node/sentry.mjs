/** Sentry's instrumentation, whose spans are sent as OTLP, too. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import * as Sentry from '@sentry/node';
import { processor } from './telemetry.mjs';
import { offer } from './things.mjs';

Sentry.init({
  // Nobody listens there.
  dsn: 'http://public@127.0.0.1:9/1',
  tracesSampleRate: 1,
  sendDefaultPii: true,
  openTelemetrySpanProcessors: [processor],
});
const server = Sentry.wrapMcpServerWithSentry(new McpServer({ name: 'demo', version: '1.0.0' }));
await offer(server).connect(new StdioServerTransport());
process.stdin.on('end', async () => {
  await processor.shutdown();
  process.exit();
});
