import { constants } from 'node:os';
import { inspect } from 'node:util';
import { guard, reportFailure } from '../diagnostics/guard.ts';
import { writeError } from '../diagnostics/log.ts';
import { onClientGone } from '../intercept/client-gone.ts';
import { processWide } from '../process-wide.ts';
import type { TelemetryManager } from '../telemetry-manager.ts';
import { type ShutdownHookOptions, type ShutdownSignal, validateHooks } from './options.ts';

interface Installed {
  telemetry: Pick<TelemetryManager, 'shutdown'>;
  options: ShutdownHookOptions;
}

interface HookState {
  readonly installed: Set<Installed>;
  removeListeners: (() => void) | undefined;
  ending: Promise<void> | undefined;
  signalled: boolean;
}

const DEFAULT_SIGNALS: readonly ShutdownSignal[] = ['SIGINT', 'SIGTERM'];
/** Milliseconds that a process which must go waits for the reader of its stdout. */
const MAX_STDOUT_WAIT_MS = 500;

/**
 * Shuts telemetry down when the process ends: on SIGINT and SIGTERM, when the event loop runs empty, when the stdin of
 * a stdio server ends, and after an uncaught exception or unhandled rejection (unless the application listens for
 * those itself). A second signal exits at once. The hooks replace Node's own reaction to the signals.
 *
 * @returns a function that removes the hooks of this call.
 * @throws TypeError if `telemetry` is no manager, or for a wrong option; nothing is installed then.
 */
export function installShutdownHooks(
  telemetry: TelemetryManager,
  options: ShutdownHookOptions = {},
): () => void {
  validateHooks(telemetry, options);
  const { installed } = hooks();
  for (const each of installed) if (each.telemetry === telemetry) installed.delete(each);
  const entry: Installed = { telemetry, options: { ...options } };
  installed.add(entry);
  renewListeners();
  return () => {
    if (installed.delete(entry)) renewListeners();
  };
}

/** One set of listeners for the process, whatever the number of managers. */
function hooks(): HookState {
  return processWide('shutdown-hooks', () => ({
    installed: new Set<Installed>(),
    removeListeners: undefined,
    ending: undefined,
    signalled: false,
  }));
}

function renewListeners(): void {
  const state = hooks();
  state.removeListeners?.();
  state.removeListeners = state.installed.size === 0 ? undefined : addListeners([...state.installed]);
}

function addListeners(all: readonly Installed[]): () => void {
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
  const state = hooks();
  const killed = 128 + constants.signals[signal];
  if (state.signalled) process.exit(killed);
  state.signalled = true;
  const choice = [...state.installed].find(({ options }) => options.signalExitCode !== undefined)?.options
    .signalExitCode;
  void end().then(() => exitSoon(choice === 'signal' ? killed : (choice ?? 0)));
}

/** Node reports an unhandled rejection as an uncaught exception too. */
function onException(error: unknown): void {
  // An application that listens itself has decided what happens next.
  if (process.listenerCount('uncaughtException') > 1) return;
  writeError(`Uncaught ${guard('showing an exception', () => inspect(error)) ?? 'exception'}\n`);
  void end().then(() => exitSoon(1));
}

/** The last responses are written out, however slowly the client reads, as they would be without the hooks. */
function onStdinEnd(): void {
  // Without a code, `process.exit` takes the one that the application has set.
  void end().then(() => whenWritten(process.stdout, () => process.exit()));
}

/** The event loop is empty: what is flushed here keeps it going a last time. */
function onBeforeExit(): void {
  void end();
}

function end(): Promise<void> {
  const state = hooks();
  state.ending ??= endAll([...state.installed]);
  return state.ending;
}

/** Never rejects: nobody would exit then, and the rejection would come back as one more reason to end. */
async function endAll(all: readonly Installed[]): Promise<void> {
  const ended = await Promise.allSettled(all.map(async ({ telemetry }) => telemetry.shutdown()));
  for (const each of ended) if (each.status === 'rejected') reportFailure('the shutdown failed', each.reason);
  for (const { options } of all) {
    try {
      await options.beforeExit?.();
    } catch (error) {
      reportFailure('the beforeExit callback failed', error);
    }
  }
}

/** A reader that has stopped reading must not hold up a process that was told to go. */
function exitSoon(code: number): void {
  const exit = (): void => process.exit(code);
  setTimeout(exit, MAX_STDOUT_WAIT_MS);
  whenWritten(process.stdout, exit);
}

/** `process.exit` drops what a pipe has not taken yet: the last responses of a stdio server. */
function whenWritten(stream: NodeJS.WriteStream, then: () => void): void {
  if (stream.writableLength === 0 || stream.destroyed) then();
  // The callback of a write comes after all that was written before; 'drain' comes only after a full buffer.
  else stream.write('', () => then());
}
