// An application that uses the package in all three ways of connecting, checks the answers of its servers, and exits.
// What arrives at the receiver is checked by the program that starts it.
import { trace } from '@opentelemetry/api';
import { installShutdownHooks, instrumentServer, TelemetryManager } from 'mcp-sessionscope';
import { fail, GREETING, visitAll } from './visits.js';

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
  await visitAll(mcp, create);
  await telemetry.shutdown();
  await finish();
  process.stdout.write('the application is done\n');
}

function createServer(mcp, telemetry) {
  return mcp.createServer({
    greet: async () =>
      telemetry().startActiveSpan('looking up a name', {}, async () => {
        trace.getTracer('the application').startSpan('reading the book of names').end();
        return GREETING;
      }),
    fail,
  });
}
