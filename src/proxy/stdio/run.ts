import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { logOnce } from '../../sdk/diagnostics/log.ts';
import { type Child, type Ended, StartError, startChild } from './child.ts';
import { LateRecorder } from './late-recorder.ts';
import { changingLines } from './propagating.ts';
import { provisionalName } from './provisional-name.ts';
import type { Recording } from './recorder.ts';
import { passSignals } from './signals.ts';
import { Tap } from './tap.ts';

export { StartError };

export interface RunOptions extends Pick<Recording, 'name' | 'dir' | 'env'> {
  readonly command: string;
  readonly args: readonly string[];
  /** Write the trace context into the requests of the client. */
  readonly propagate: boolean;
}

/** Where the client is. */
export interface Ends {
  readonly input: Readable;
  readonly output: Writable;
}

/** Milliseconds for what is still in the pipes, where the client has gone and a program of the server holds them open. */
const REST_MS = 250;
/** Milliseconds that a client which does not read is waited for, once this process has been told to go. */
const UNREAD_MS = 500;

const TOO_FAST =
  'messages pass faster than they can be read: some of them are passed on without being recorded, and requests can seem to have no answer';

/**
 * Runs a stdio server between a client and this process. What either of them sends is passed on as it comes, and read
 * afterwards.
 *
 * @returns how the server ended, when everything has been passed on and recorded.
 * @throws StartError where it cannot be started.
 */
export async function runServer(options: RunOptions, ends: Ends): Promise<Ended> {
  const { command, args, name, dir, env } = options;
  const child = await startChild(command, args);
  const tap = new Tap(() => logOnce(TOO_FAST));
  const recorder = new LateRecorder(tap, { name, dir, env, provisionalName: provisionalName(command, args) });
  const told = gate();
  const stopPassing = passSignals((signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    else told.open();
  });
  const left = gate();
  passMessages(child, ends, tap, recorder, options.propagate);
  ends.input.once('close', left.open).once('end', left.open);
  const ended = await endOf(child, ends.output, left.opened, told.opened);
  tap.saw('server', undefined);
  await Promise.race([
    Promise.all([written(ends.output), recorder.finish()]),
    told.opened.then(() => Promise.race([written(ends.output), delay(UNREAD_MS)])),
  ]);
  stopPassing();
  return ended;
}

function passMessages(
  child: Child,
  { input, output }: Ends,
  tap: Tap,
  recorder: LateRecorder,
  propagate: boolean,
): void {
  const see = (from: 'client' | 'server') => (bytes: Buffer) => {
    tap.saw(from, bytes);
    recorder.begin();
  };
  const requests = propagate
    ? input.pipe(changingLines((line) => recorder.withContext(line), see('client')))
    : input;
  // Passed on first, then seen.
  requests.pipe(child.stdin);
  if (!propagate) requests.on('data', see('client'));
  requests.once('end', () => tap.saw('client', undefined));
  child.stdout.pipe(output, { end: false });
  child.stdout.on('data', see('server'));
  // Whoever closes its end is told of to the other by a pipe that is closed.
  child.stdin.on('error', () => void input.destroy());
  child.stdout.on('error', () => {});
  output.on('error', () => void child.stdout.destroy());
  input.on('error', () => {
    tap.saw('client', undefined);
    child.stdin.end();
  });
}

/**
 * How the server ended. What it has started may go on with its pipes, as the background jobs of a shell do; then it is
 * over when the client has gone, too.
 */
async function endOf(
  child: Child,
  output: Writable,
  left: Promise<void>,
  told: Promise<void>,
): Promise<Ended> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // Such as a server that runs as another user, and cannot be sent a signal.
  child.on('error', ({ message }) => logOnce(message));
  const ended = await new Promise<Ended>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await Promise.race([closed, left.then(() => rest(child, output)), told.then(() => delay(REST_MS))]);
  return ended;
}

/** Resolves when the pipes have had their time and nothing is held back any more because the client reads slowly. */
async function rest(child: Child, output: Writable): Promise<void> {
  do await delay(REST_MS);
  while (!child.stdout.destroyed && child.stdout.readableLength + output.writableLength > 0);
}

/** Resolves when all was written, or the client has closed its end. */
function written(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (output.writableLength === 0 || output.destroyed) resolve();
    else output.write('', () => resolve());
  });
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
