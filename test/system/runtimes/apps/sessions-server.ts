import process from 'node:process';
import { installShutdownHooks, TelemetryManager } from 'mcp-sessionscope';
import { withSessions } from './sessions.js';

const telemetry = new TelemetryManager({ serverName: 'weather', serverVersion: '1.0.0' });
installShutdownHooks(telemetry);

const fetch = withSessions(telemetry);
const address = { port: Number(process.env.PORT), hostname: '127.0.0.1' };
if ('Bun' in globalThis) Bun.serve({ ...address, fetch });
else Deno.serve({ ...address, onListen() {} }, fetch);
