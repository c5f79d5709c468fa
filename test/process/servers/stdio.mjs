// A stdio server as its author would write it. The one argument is a JSON object, a `Story` (see ../support.ts).
import { connectV1, connectV2, serveV2 } from './servers.mjs';

const {
  sdk,
  config,
  hooks,
  exitCode,
  keepAlive,
  ownExceptionListener,
  managers = 1,
} = JSON.parse(process.argv[2]);

const { installShutdownHooks, instrumentServer } =
  config === undefined ? {} : await import('../../../dist/index.js');

const instrument = (server) => {
  if (config === undefined) return;
  for (let i = 0; i < managers; i += 1) {
    const telemetry = instrumentServer(server, i === 0 ? config : { ...config, serverName: `server-${i}` });
    if (hooks !== undefined) installShutdownHooks(telemetry, { ...hooks, ...callbacks(hooks) });
  }
};

const callbacks = ({ beforeExit }) => {
  if (beforeExit === 'sync') return { beforeExit: () => note('beforeExit ran') };
  if (beforeExit === 'throws') {
    return {
      beforeExit: () => {
        note('beforeExit ran');
        throw new Error('no good');
      },
    };
  }
  if (beforeExit !== 'async') return {};
  return {
    beforeExit: async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      note('beforeExit ran');
    },
  };
};

const note = (text) => process.stderr.write(`${text}\n`);

if (ownExceptionListener)
  process.on('uncaughtException', (error) => note(`the application caught ${error.message}`));
process.exitCode = exitCode;
if (keepAlive) setInterval(() => {}, 60_000);

if (sdk === 'v2') await connectV2(instrument);
else if (sdk === 'v2-serve') await serveV2(instrument);
else await connectV1(instrument);
