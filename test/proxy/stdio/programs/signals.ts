// Says which signals it passes on, as a process in front of a terminal or not; the second signal of SIGTERM ends it.
import { passSignals } from '../../../../src/proxy/stdio/signals.ts';

let terms = 0;
passSignals(
  (signal) => {
    process.stdout.write(`${signal}\n`);
    if (signal === 'SIGTERM') terms += 1;
    if (terms === 2) process.exit();
  },
  () => process.argv[2] === 'in front',
);
process.on('SIGINT', () => process.stdout.write('seen\n'));
setInterval(() => {}, 60_000);
process.stdout.write('ready\n');
