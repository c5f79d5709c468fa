// An application that knows nothing of telemetry, started with `--import mcp-sessionscope/register`.
import { fail, GREETING, visitAll } from './visits.js';

/** @param mcp the MCP SDK of the application */
export async function main(mcp) {
  const create = () => mcp.createServer({ greet: async () => GREETING, fail });
  if (process.env.MATRIX_ROLE === 'stdio-server') return mcp.serveStdio(create());
  await visitAll(mcp, create);
  process.stdout.write('the application is done\n');
}
