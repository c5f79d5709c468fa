export type { McpInstrumentationConfig } from './config.ts';
export { McpInstrumentation } from './mcp-instrumentation.ts';
