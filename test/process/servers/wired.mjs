// A server that wires shutdown to its exit by hand, as users of other packages do.
import { instrumentServer } from '../../../dist/index.js';
import { connectV1 } from './servers.mjs';

let telemetry;
await connectV1((server) => {
  telemetry = instrumentServer(server, JSON.parse(process.argv[2]));
});

const exit = async (code = 0) => {
  await telemetry.shutdown();
  process.exit(code);
};

process.on('SIGINT', () => exit(0));
process.on('SIGTERM', () => exit(0));
process.on('uncaughtException', () => exit(1));
