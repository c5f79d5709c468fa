import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { PaymentError } from './v1.ts';

/** A v2 server with the tools of `v1Server`. */
export function v2Server(): McpServer {
  const server = new McpServer({ name: 'test-server', version: '1.2.3' }, { capabilities: { logging: {} } });
  server.registerTool('echo', { inputSchema: z.object({ text: z.string() }) }, async ({ text }) => ({
    content: [{ type: 'text', text }],
  }));
  server.registerTool('fail', {}, async () => {
    throw new PaymentError('no money');
  });
  server.registerTool('refuse', {}, async () => ({
    content: [{ type: 'text', text: 'not today' }],
    isError: true,
  }));
  server.registerPrompt('greet', { argsSchema: z.object({ name: z.string() }) }, async ({ name }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Hello ${name}` } }],
  }));
  server.registerResource('note', 'note://1', {}, async (uri) => ({
    contents: [{ uri: uri.href, text: 'a note' }],
  }));
  return server;
}
