/** What every server offers. `tool` is the older way to do so, the only one that some look at. */
import { z } from 'zod';

const text = (value) => ({ content: [{ type: 'text', text: value }] });

export function offer(server, register = registerTool(server)) {
  register('add', { a: z.number(), b: z.number() }, async ({ a, b }) => text(String(a + b)));
  register('boom', { why: z.string() }, async ({ why }) => {
    throw new Error(`boom: ${why}`);
  });
  server.registerResource('note', 'memo://note', {}, async (uri) => ({
    contents: [{ uri: uri.href, text: 'hello' }],
  }));
  const argsSchema = { name: z.string() };
  server.registerPrompt('greet', { argsSchema: shapeFor(server, argsSchema) }, ({ name }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Say hi to ${name}` } }],
  }));
  return server;
}

export function olderTool(server) {
  return (name, shape, handler) => server.tool(name, name, shape, handler);
}

function registerTool(server) {
  return (name, shape, handler) =>
    server.registerTool(name, { description: name, inputSchema: shapeFor(server, shape) }, handler);
}

/** Version 2 of the SDK takes schemas, version 1 their shapes, with `tool` beside. */
function shapeFor(server, shape) {
  return typeof server.tool === 'function' ? shape : z.object(shape);
}
