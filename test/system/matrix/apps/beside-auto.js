// Loaded after `@opentelemetry/auto-instrumentations-node/register`, which starts the SDK and shuts it down.
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { McpInstrumentation } from 'mcp-sessionscope/instrumentation';

registerInstrumentations({ instrumentations: [new McpInstrumentation()] });
