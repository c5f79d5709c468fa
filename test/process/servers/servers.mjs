import { z } from 'zod';

const INFO = { name: 'story', version: '1.0.0' };

export async function connectV1(instrument) {
  const { McpServer } = await import('@modelcontextprotocol/sdk/server/mcp.js');
  const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js');
  const server = withTools(new McpServer(INFO));
  instrument(server);
  await server.connect(new StdioServerTransport());
}

export async function connectV2(instrument) {
  const { McpServer } = await import('@modelcontextprotocol/server');
  const { StdioServerTransport } = await import('@modelcontextprotocol/server/stdio');
  const server = withTools(new McpServer(INFO));
  instrument(server);
  await server.connect(new StdioServerTransport());
}

/** v2 that builds a server for the protocol that the client turns out to speak. */
export async function serveV2(instrument) {
  const { McpServer } = await import('@modelcontextprotocol/server');
  const { serveStdio } = await import('@modelcontextprotocol/server/stdio');
  serveStdio(() => {
    const server = withTools(new McpServer(INFO));
    instrument(server);
    return server;
  });
}

function withTools(server) {
  const tool = (name, inputSchema, run) =>
    server.registerTool(name, { inputSchema: z.object(inputSchema) }, run);
  const text = (value) => ({ content: [{ type: 'text', text: value }] });
  tool('echo', { text: z.string() }, async (args) => text(args.text));
  tool('fail', {}, async () => {
    throw new Error('no money');
  });
  tool('large', { bytes: z.number() }, async ({ bytes }) => text('x'.repeat(bytes)));
  tool('slow', { ms: z.number() }, async ({ ms }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return text('at last');
  });
  tool('hang', {}, () => new Promise(() => {}));
  tool('crash', {}, async () => {
    setImmediate(() => {
      throw new TypeError('this was not foreseen');
    });
    return text('crashing');
  });
  tool('reject', {}, async () => {
    setImmediate(() => void Promise.reject(new RangeError('nobody caught this')));
    return text('rejecting');
  });
  tool('leave', {}, async () => {
    setImmediate(() => process.exit(3));
    return text('leaving');
  });
  return server;
}
