// A stdio server as its author would write it. The one argument is a JSON object, a `Story` (see ../support.ts).
import { connectV1, connectV2, serveV2 } from './servers.mjs';

const {
  sdk,
  config,
  hooks,
  exitCode,
  keepAlive,
  ownExceptionListener,
  leavesAtStdinEnd,
  drains,
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
  if (beforeExit === 'never') return { beforeExit: () => new Promise(() => {}) };
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

/** As libraries do that must not come between an application and its own listener. */
const leaveToOthers = (error) => {
  if (process.listeners('uncaughtException').some((each) => each !== leaveToOthers)) return;
  note(`the library caught ${error.message}`);
  process.exit(1);
};

/** The application's own listener for SIGTERM: it answers what is open first. */
const drain = ({ ms, and }) => {
  note('draining');
  if (and === 'stay' || and === 'leave it to others') return;
  setTimeout(() => {
    note('drained');
    if (and === 'exit') process.exit(4);
    process.off('SIGTERM', onTerm);
    process.kill(process.pid, 'SIGTERM');
  }, ms);
};
const onTerm = () => drain(drains);
const listenForTerm = () => {
  // What the package signal-exit counts its listeners by.
  if (drains.and === 'leave it to others') globalThis[Symbol.for('signal-exit emitter')] = { count: 1 };
  if (drains.once) process.once('SIGTERM', onTerm);
  else process.on('SIGTERM', onTerm);
};

if (ownExceptionListener === 'leaves it to others') process.on('uncaughtException', leaveToOthers);
else if (ownExceptionListener)
  process.on('uncaughtException', (error) => note(`the application caught ${error.message}`));
if (drains?.added === 'before') listenForTerm();
if (leavesAtStdinEnd) process.stdin.on('end', () => process.exit(0));
process.exitCode = exitCode;
if (keepAlive) setInterval(() => {}, 60_000);

if (sdk === 'v2') await connectV2(instrument);
else if (sdk === 'v2-serve') await serveV2(instrument);
else await connectV1(instrument);
if (drains?.added === 'after') listenForTerm();
