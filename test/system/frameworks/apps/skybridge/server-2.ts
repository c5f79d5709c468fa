import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { app } from './app.js';

if (process.env.__PORT === undefined) await app.connect(new StdioServerTransport());
else await app.run();
