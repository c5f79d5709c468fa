import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { McpServer } from 'skybridge/server';
import { registerTools } from './tools.js';

const server = registerTools(new McpServer({ name: 'weather', version: '1.0.0' }, {}));

if (process.env.__PORT === undefined) await server.connect(new StdioServerTransport());
else await server.run();
