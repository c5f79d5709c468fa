/**
 * A tap: node tap.mjs FOLDER COMMAND ARGS…
 *
 * Starts a command, hands on what is read and written, and keeps a copy of both in files of the folder: `in`, `out`. How the
 * command ended stands in `end`, as an exit code. Bytes are kept before they are handed on, so that whatever ends this process loses none.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

const [folder, command, ...args] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });

copy(process.stdin, child.stdin, 'in');
copy(child.stdout, process.stdout, 'out');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => console.error(error.message));
child.on('close', (code, signal) => {
  process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  writeFileSync(join(folder, 'end'), String(process.exitCode));
  process.stdin.destroy();
});

/** With backpressure, and as it comes: no byte waits for the next. */
function copy(from, to, name) {
  const file = openSync(join(folder, name), 'a');
  from.on('data', (chunk) => {
    writeSync(file, chunk);
    if (to.writable && !to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  to.on('error', () => from.resume());
  from.on('end', () => {
    if (to !== process.stdout) to.end();
  });
  from.on('error', () => {});
}
