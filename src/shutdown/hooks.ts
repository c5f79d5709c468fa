import { constants } from 'node:os';
import { inspect } from 'node:util';
import { reportFailure } from '../diagnostics/guard.ts';
import { onClientGone } from '../intercept/client-gone.ts';
import type { TelemetryManager } from '../telemetry-manager.ts';

/** Options of {@link installShutdownHooks}. */
export interface ShutdownHookOptions {
  /** Signals that end the process. Default: `['SIGINT', 'SIGTERM']`. */
  signals?: NodeJS.Signals[];
  /**
   * Exit code after a signal. `'signal'` gives what a shell reports for a process that the signal killed (130 for
   * SIGINT, 143 for SIGTERM). Default: 0.
   */
  signalExitCode?: number | 'signal';
  /** After an uncaught exception or unhandled rejection: print its stack, flush and exit with 1. Default: true. */
  exceptions?: boolean;
  /** Exit when stdin of a stdio server ends and its open requests are answered. Default: true. */
  stdin?: boolean;
  /** Runs after the flush and before the exit; may be asynchronous. */
  beforeExit?: () => void | Promise<void>;
}

interface Installed {
  telemetry: TelemetryManager;
  options: ShutdownHookOptions;
}

const DEFAULT_SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

/** One set of listeners for the process, whatever the number of managers. */
const installed = new Set<Installed>();
let removeListeners: (() => void) | undefined;
let ending: Promise<void> | undefined;

/**
 * Shuts telemetry down when the process ends: on SIGINT and SIGTERM, when the event loop runs empty, when the stdin of
 * a stdio server ends, and after an uncaught exception or unhandled rejection (unless the application listens for
 * those itself). A second signal exits at once. The hooks replace Node's own reaction to the signals.
 *
 * @returns a function that removes the hooks of this call.
 */
export function installShutdownHooks(
  telemetry: TelemetryManager,
  options: ShutdownHookOptions = {},
): () => void {
  for (const each of installed) if (each.telemetry === telemetry) installed.delete(each);
  const entry: Installed = { telemetry, options };
  installed.add(entry);
  removeListeners?.();
  removeListeners = addListeners();
  return () => {
    installed.delete(entry);
    removeListeners?.();
    removeListeners = installed.size === 0 ? undefined : addListeners();
  };
}

function addListeners(): () => void {
  const all = [...installed];
  const signals = new Set(all.flatMap(({ options }) => options.signals ?? DEFAULT_SIGNALS));
  const exceptions = all.some(({ options }) => options.exceptions !== false);
  const stdin = all.some(({ options }) => options.stdin !== false);
  for (const signal of signals) process.on(signal, onSignal);
  if (exceptions) process.on('uncaughtException', onException);
  const stopStdin = stdin ? onClientGone(onStdinEnd) : undefined;
  process.on('beforeExit', onBeforeExit);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    process.off('uncaughtException', onException);
    process.off('beforeExit', onBeforeExit);
    stopStdin?.();
  };
}

function onSignal(signal: NodeJS.Signals): void {
  const killed = 128 + constants.signals[signal];
  if (ending !== undefined) process.exit(killed);
  const choice = [...installed].find(({ options }) => options.signalExitCode !== undefined)?.options
    .signalExitCode;
  endThenExit(choice === 'signal' ? killed : (choice ?? 0));
}

/** Node reports an unhandled rejection as an uncaught exception too. */
function onException(error: unknown): void {
  // An application that listens itself has decided what happens next.
  if (process.listenerCount('uncaughtException') > 1) return;
  process.stderr.write(`Uncaught ${inspect(error)}\n`);
  endThenExit(1);
}

function onStdinEnd(): void {
  endThenExit(exitCodeSoFar());
}

/** The event loop is empty: what is flushed here keeps it going a last time. */
function onBeforeExit(): void {
  if (ending === undefined) void end();
}

function endThenExit(code: number): void {
  void end().then(() => whenWritten(process.stdout, () => process.exit(code)));
}

function end(): Promise<void> {
  ending ??= endAll();
  return ending;
}

async function endAll(): Promise<void> {
  const all = [...installed];
  await Promise.all(all.map(({ telemetry }) => telemetry.shutdown()));
  for (const { options } of all) {
    try {
      await options.beforeExit?.();
    } catch (error) {
      reportFailure('the beforeExit callback', error);
    }
  }
}

function exitCodeSoFar(): number {
  return typeof process.exitCode === 'number' ? process.exitCode : 0;
}

/** `process.exit` drops what a pipe has not taken yet: the last responses of a stdio server. */
function whenWritten(stream: NodeJS.WriteStream, then: () => void): void {
  if (stream.writableLength === 0 || stream.destroyed) then();
  else stream.once('drain', then).once('error', then).once('close', then);
}
