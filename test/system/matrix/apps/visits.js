// The three ways of connecting, and what a client does on each. It knows nothing of telemetry.
import assert from 'node:assert/strict';

/**
 * @param mcp the MCP SDK of the application
 * @param create makes a server with the tools `greet` and `fail`
 */
export async function visitAll(mcp, create) {
  const inMemory = await mcp.connectInMemory(create());
  await callTools(inMemory);
  await inMemory.close();
  const http = await mcp.connectHttp(create);
  await callTools(http.client);
  await http.close();
  const stdio = await mcp.connect(
    new mcp.StdioClientTransport({
      command: process.execPath,
      args: [process.argv[1]],
      env: { ...process.env, MATRIX_ROLE: 'stdio-server' },
    }),
  );
  await callTools(stdio);
  await stdio.close();
}

export const GREETING = { content: [{ type: 'text', text: 'Hello, Ada' }] };

export async function fail() {
  throw new RangeError('out of range');
}

async function callTools(client) {
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name).sort(), ['fail', 'greet']);
  const greeting = await client.callTool({ name: 'greet', arguments: {} });
  assert.deepEqual(greeting.content, GREETING.content);
  assert.notEqual(greeting.isError, true);
  const failure = await client.callTool({ name: 'fail', arguments: {} });
  assert.equal(failure.isError, true);
  assert.match(failure.content[0].text, /out of range/);
}
