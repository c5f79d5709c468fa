// Loaded before an application that knows nothing of telemetry: OpenTelemetry's NodeSDK, with ours among its instrumentations.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { McpInstrumentation } from 'mcp-sessionscope/instrumentation';

export function start() {
  const sdk = new NodeSDK({ instrumentations: [new McpInstrumentation()] });
  sdk.start();
  process.once('SIGTERM', () => sdk.shutdown().finally(() => process.exit(0)));
  process.once('beforeExit', () => sdk.shutdown());
}
