/** The reference server, as it is published, over stdio: what instrumenting a server takes is two lines. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { createServer } from '@modelcontextprotocol/server-everything/dist/server/index.js';
import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';

const { server, cleanup } = createServer();
const telemetry = instrumentServer(server, { exporterType: 'file', serverName: 'everything-stdio' });
installShutdownHooks(telemetry, { beforeExit: () => cleanup() });
await server.connect(new StdioServerTransport());
