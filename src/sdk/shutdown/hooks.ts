import { constants } from 'node:os';
import { logLine } from '../diagnostics/log.ts';
import { flushAtExit } from '../exit-flush.ts';
import { onClientGone } from '../intercept/client-gone.ts';
import { processWide } from '../process-wide.ts';
import type { TelemetryManager } from '../telemetry-manager.ts';
import { endAll, flushAll, type Installed, onceWritten, onceWrittenSoon } from './ending.ts';
import { type ShutdownHookOptions, type ShutdownSignal, validateHooks } from './options.ts';
import { hasOtherListeners } from './other-listeners.ts';

interface HookState {
  readonly installed: Set<Installed>;
  removeListeners: (() => void) | undefined;
  ending: Promise<void> | undefined;
  /** The hooks end the process, for a signal came. */
  signalled: boolean;
  /** A signal came, and the application's own listeners end the process. */
  draining: boolean;
}

const DEFAULT_SIGNALS: readonly ShutdownSignal[] = ['SIGINT', 'SIGTERM'];
/** As long as Kubernetes waits; Docker waits for ten seconds. */
const DRAIN_TIMEOUT_MS = 30_000;

/**
 * Shuts telemetry down when the process ends: on SIGINT and SIGTERM, when the event loop runs empty, and when the stdin
 * of a stdio server ends. The hooks take the place of Node's own reaction to a signal. Where the application listens to
 * the signal too, whenever it began to, they flush and leave the exit to it, for `drainTimeoutMs`; else they exit
 * themselves, and a second signal exits at once. An uncaught exception or unhandled rejection is flushed, and its
 * effect on the process is Node's own.
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
    draining: false,
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
  // In front: a listener that was added for once is gone after it has run.
  for (const signal of signals) process.prependListener(signal, onSignal);
  // A listener for 'uncaughtException' would decide what becomes of the process, and others would leave it to us.
  if (exceptions) process.on('uncaughtExceptionMonitor', onException);
  const stopStdin = stdin ? onClientGone(onStdinEnd) : undefined;
  process.on('beforeExit', onBeforeExit);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    process.off('uncaughtExceptionMonitor', onException);
    process.off('beforeExit', onBeforeExit);
    stopStdin?.();
  };
}

function onSignal(signal: NodeJS.Signals): void {
  const state = hooks();
  if (state.signalled) {
    leaveAtOnce(signal, state);
    return;
  }
  if (hasOtherListeners(signal, onSignal)) {
    drain(signal, state);
    return;
  }
  state.signalled = true;
  void end().then(() => onceWrittenSoon(() => leave(signal, state)));
}

/** What is answered from now on is recorded too: the managers are shut down when the process exits, or at the limit. */
function drain(signal: NodeJS.Signals, state: HookState): void {
  flushAll([...state.installed]);
  if (state.draining) return;
  state.draining = true;
  if (!mayExit(state)) return;
  const limits = [...state.installed].map(({ options }) => options.drainTimeoutMs ?? DRAIN_TIMEOUT_MS);
  const limitMs = Math.max(...limits);
  setTimeout(() => {
    logLine(`the process has not ended ${limitMs} ms after ${signal}: it is ended now`);
    state.signalled = true;
    void end().then(() => onceWrittenSoon(() => process.exit(codeAfter(signal, state))));
  }, limitMs).unref();
}

function leave(signal: NodeJS.Signals, state: HookState): void {
  const isOurs = mayExit(state) && (!state.draining || givenCode(state) !== undefined);
  if (isOurs) process.exit(codeAfter(signal, state));
  killBy(signal);
}

/** Who sends a second signal does not want to wait. */
function leaveAtOnce(signal: NodeJS.Signals, state: HookState): void {
  if (mayExit(state)) process.exit(killedBy(signal));
  // Of a process that a signal kills, nobody is told that it exits.
  flushAtExit.now();
  if (!hasOtherListeners(signal, onSignal)) killBy(signal);
}

/** The application has done its part, and removed its listener: the signal does what it would do without the hooks. */
function killBy(signal: NodeJS.Signals): void {
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}

function mayExit({ installed }: HookState): boolean {
  return [...installed].every(({ options }) => options.exitOnSignal !== false);
}

function codeAfter(signal: NodeJS.Signals, state: HookState): number {
  const code = givenCode(state);
  return code === 'signal' ? killedBy(signal) : (code ?? 0);
}

function givenCode({ installed }: HookState): ShutdownHookOptions['signalExitCode'] {
  return [...installed].find(({ options }) => options.signalExitCode !== undefined)?.options.signalExitCode;
}

/** What a shell reports. */
function killedBy(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** Node tells of an unhandled rejection here too, where it ends the process. */
function onException(): void {
  flushAll([...hooks().installed]);
}

/** The last responses are written out, however slowly the client reads, as they would be without the hooks. */
function onStdinEnd(): void {
  if (hooks().draining) return;
  void end().then(() =>
    onceWritten(() => {
      // Without a code, `process.exit` takes the one that the application has set.
      if (!hooks().draining) process.exit();
    }),
  );
}

/** The event loop is empty: what is flushed here keeps it going a last time. */
function onBeforeExit(): void {
  void end(false);
}

function end(mayWait = true): Promise<void> {
  const state = hooks();
  state.ending ??= endAll([...state.installed], mayWait);
  return state.ending;
}
