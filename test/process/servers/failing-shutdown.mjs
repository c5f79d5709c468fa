// A process whose manager cannot shut down, in one of two ways, and that is told to go.
import { installShutdownHooks } from '../../../dist/index.js';

const fail = {
  rejects: async () => {
    throw new Error('no shutdown');
  },
  throws: () => {
    throw new Error('no shutdown');
  },
}[process.argv[2]];

installShutdownHooks(
  { instrument() {}, startActiveSpan() {}, async forceFlush() {}, shutdown: fail },
  { beforeExit: () => process.stderr.write('beforeExit ran\n') },
);
setInterval(() => {}, 60_000);
process.stdout.write('ready\n');
