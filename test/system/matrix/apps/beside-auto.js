// Loaded after `@opentelemetry/auto-instrumentations-node/register`, which starts the SDK and shuts it down.
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { McpInstrumentation } from 'mcp-sessionscope/instrumentation';

export function start() {
  registerInstrumentations({ instrumentations: [new McpInstrumentation()] });
}
