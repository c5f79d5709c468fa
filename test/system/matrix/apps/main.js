// An application that uses the package in all three ways of connecting, checks the answers of its servers, and exits.
// What arrives at the receiver is checked by the program that starts it.
import assert from 'node:assert/strict';
import { trace } from '@opentelemetry/api';
import { installShutdownHooks, instrumentServer, TelemetryManager } from 'mcp-sessionscope';

/**
 * @param otel the OpenTelemetry of the application: `setUp(how, url)`
 * @param mcp the MCP SDK of the application
 */
export async function main(otel, mcp) {
  const { MATRIX_OTLP: url, MATRIX_HOW: how, MATRIX_ROLE: role } = process.env;
  const { config, finish } = otel.setUp(how, url);
  if (role === 'stdio-server') await serveStdio(mcp, config, finish);
  else await useServers(mcp, config, finish);
}

async function serveStdio(mcp, config, finish) {
  const server = createServer(mcp, () => telemetry);
  const telemetry = instrumentServer(server, config);
  installShutdownHooks(telemetry, { beforeExit: finish });
  await mcp.serveStdio(server);
}

async function useServers(mcp, config, finish) {
  const telemetry = new TelemetryManager(config);
  const create = () => {
    const server = createServer(mcp, () => telemetry);
    telemetry.instrument(server);
    return server;
  };
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
  await telemetry.shutdown();
  await finish();
  process.stdout.write('the application is done\n');
}

function createServer(mcp, telemetry) {
  return mcp.createServer({
    greet: async () =>
      telemetry().startActiveSpan('looking up a name', {}, async () => {
        trace.getTracer('the application').startSpan('reading the book of names').end();
        return { content: [{ type: 'text', text: 'Hello, Ada' }] };
      }),
    fail: async () => {
      throw new RangeError('out of range');
    },
  });
}

async function callTools(client) {
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name).sort(), ['fail', 'greet']);
  const greeting = await client.callTool({ name: 'greet', arguments: {} });
  assert.deepEqual(greeting.content, [{ type: 'text', text: 'Hello, Ada' }]);
  assert.notEqual(greeting.isError, true);
  const failure = await client.callTool({ name: 'fail', arguments: {} });
  assert.equal(failure.isError, true);
  assert.match(failure.content[0].text, /out of range/);
}
