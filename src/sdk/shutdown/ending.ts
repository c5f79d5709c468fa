import { guard, reportFailure } from '../diagnostics/guard.ts';
import { logLine } from '../diagnostics/log.ts';
import { endWithin, flushAside } from '../end-at-once.ts';
import type { TelemetryManager } from '../telemetry-manager.ts';
import type { ShutdownHookOptions } from './options.ts';

/** One call of `installShutdownHooks`. */
export interface Installed {
  readonly telemetry: Pick<TelemetryManager, 'shutdown' | 'forceFlush'>;
  readonly options: ShutdownHookOptions;
}

const BEFORE_EXIT_TIMEOUT_MS = 3_000;
/** Milliseconds that a process which must go waits for the reader of its stdout. */
const MAX_STDOUT_WAIT_MS = 500;

/**
 * Milliseconds that hooks which leave every end to the program may delay one. A receiver that is there answers within it;
 * what is undelivered then goes to a process that outlives this one.
 */
const MAX_DELAY_MS = 200;

/** Sends what there is and goes on observing. The process is not kept for it: it is, where the hooks end it. */
export function flushAll(all: readonly Installed[]): void {
  for (const { telemetry } of all) {
    guard(
      'the flush',
      () =>
        void (flushAside(telemetry) ?? telemetry.forceFlush()).catch((error) =>
          reportFailure('the flush failed', error),
        ),
    );
  }
}

/**
 * Shuts down every manager, then runs the callbacks. Never rejects: nobody would exit then, and the rejection would come
 * back as one more reason to end.
 *
 * @param mayWait - whether the process is kept for a callback that takes its time
 */
export async function endAll(all: readonly Installed[], mayWait: boolean): Promise<void> {
  const ended = await Promise.allSettled(all.map(async (each) => endOf(each)));
  for (const each of ended) if (each.status === 'rejected') reportFailure('the shutdown failed', each.reason);
  for (const { options } of all) await runBeforeExit(options, mayWait);
}

function endOf({ telemetry, options }: Installed): Promise<void> {
  const looksOn = options.exitOnSignal === false && options.stdin === false;
  return (looksOn ? endWithin(telemetry, MAX_DELAY_MS) : undefined) ?? telemetry.shutdown();
}

/** A reader that has stopped reading must not hold up a process that was told to go. */
export function onceWrittenSoon(then: () => void): void {
  let isDone = false;
  const once = (): void => {
    if (isDone) return;
    isDone = true;
    then();
  };
  setTimeout(once, MAX_STDOUT_WAIT_MS);
  onceWritten(once);
}

/** `process.exit` drops what a pipe has not taken yet: the last responses of a stdio server. */
export function onceWritten(then: () => void): void {
  const { stdout } = process;
  if (stdout.writableLength === 0 || stdout.destroyed) then();
  // The callback of a write comes after all that was written before; 'drain' comes only after a full buffer.
  else stdout.write('', () => then());
}

async function runBeforeExit(options: ShutdownHookOptions, mayWait: boolean): Promise<void> {
  const { beforeExit, beforeExitTimeoutMs = BEFORE_EXIT_TIMEOUT_MS } = options;
  if (beforeExit === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      logLine(`the beforeExit callback took longer than ${beforeExitTimeoutMs} ms: it is not waited for`);
      resolve();
    }, beforeExitTimeoutMs);
    if (!mayWait) timer.unref();
  });
  try {
    await Promise.race([beforeExit(), late]);
  } catch (error) {
    reportFailure('the beforeExit callback failed', error);
  } finally {
    clearTimeout(timer);
  }
}
