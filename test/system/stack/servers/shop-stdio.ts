import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';
import { shortIntervals } from './settings.ts';
import { createShop } from './shop-tools.ts';

const server = createShop();
installShutdownHooks(instrumentServer(server, { serverName: 'shop-stdio', ...shortIntervals() }));
await server.connect(new StdioServerTransport());
