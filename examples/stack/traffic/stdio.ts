/** The same shop over stdio: one process for each client. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { installShutdownHooks } from 'mcp-sessionscope';
import { createShop, shopTelemetry } from './shop.ts';

const telemetry = shopTelemetry();
installShutdownHooks(telemetry);
await createShop(telemetry).connect(new StdioServerTransport());
