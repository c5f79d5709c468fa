import { inspect } from 'node:util';
import { guard } from '../diagnostics/guard.ts';

const LOOKS_WITHIN_TURN = 5;
/** Between two later looks, which are twice as far apart each time. */
const MAX_WAIT_MS = 1_000;
/** After about a minute nobody waits any more. */
const LOOKS = 75;

/**
 * Tells of the rejection of a promise of the host's. What is returned goes to the host in its place, and rejects a microtask
 * later: whoever listens to a promise answers for its rejection, and one that nobody of the host's listens to is to end the
 * process as it would without us. What is more than a plain promise stays in its place.
 */
export function afterRejection(
  promise: Promise<unknown>,
  rejected: (error: unknown) => void,
  fulfilled?: () => void,
): Promise<unknown> {
  const following = promise.then(
    (value) => {
      fulfilled?.();
      return value;
    },
    (error: unknown) => {
      rejected(error);
      throw error;
    },
  );
  if (promise.constructor === Promise) return following;
  following.catch(() => {});
  return promise;
}

/**
 * Calls `settled` soon after a promise has settled, whichever way, or a minute later, unless `isNeeded` says no. It is looked at from
 * time to time, and nobody can tell: within this turn first, for most are of transports that have nothing to wait for.
 */
export function onceSettled(promise: Promise<unknown>, isNeeded: () => boolean, settled: () => void): void {
  const look = (nth: number): void => {
    if (!isNeeded()) return;
    if (nth === LOOKS || !isPending(promise)) settled();
    else if (nth < LOOKS_WITHIN_TURN) queueMicrotask(() => look(nth + 1));
    else setTimeout(look, Math.min(2 ** (nth - LOOKS_WITHIN_TURN), MAX_WAIT_MS), nth + 1).unref();
  };
  look(0);
}

/** Node tells it to people only. */
function isPending(promise: Promise<unknown>): boolean {
  const shown = guard('looking at a promise', () => inspect(promise, { depth: 0, customInspect: false }));
  return shown?.includes('{ <pending>') === true;
}
