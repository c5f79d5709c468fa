import { activeContext, runInContext } from './signals/active-context.ts';

/** Anything that `await` waits for and that is no native promise: a database query, a promise of a library. */
export interface Thenable {
  then(succeeded?: unknown, failed?: unknown): unknown;
}

/** Who wants to know how a thenable ends. */
export interface Follower {
  succeeded(): void;
  failed(error: unknown): void;
}

/** One list per thenable: one that is kept and returned a thousand times is not wrapped a thousand times. */
const followed = new WeakMap<object, Set<Follower>>();

export function isThenable(value: unknown): value is Thenable {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  return typeof Reflect.get(value, 'then') === 'function';
}

/**
 * Tells the follower how the thenable ends, once somebody waits for it. Its `then` is not called for that: a query
 * starts with every `then`, so that a call of ours would run it twice. Its `then` is replaced instead, and the thenable
 * stays what it is. What it starts with that runs in the context of now.
 *
 * @returns false for one that cannot be changed.
 */
export function followThenable(thenable: Thenable, follower: Follower): boolean {
  const followers = followed.get(thenable);
  if (followers !== undefined) {
    followers.add(follower);
    return true;
  }
  const waiting = new Set([follower]);
  const { then } = thenable;
  const active = activeContext();
  const replaced = Reflect.defineProperty(thenable, 'then', {
    value(this: unknown, succeeded?: unknown, failed?: unknown): unknown {
      return runInContext(active, () =>
        then.call(
          this,
          told(waiting, succeeded, (each) => each.succeeded()),
          told(waiting, failed, (each, error) => each.failed(error), true),
        ),
      );
    },
    configurable: true,
    writable: true,
    enumerable: false,
  });
  if (replaced) followed.set(thenable, waiting);
  return replaced;
}

/** A callback that tells the followers and then does what the caller's own does, or what `then` does without one. */
function told(
  waiting: Set<Follower>,
  callback: unknown,
  tell: (follower: Follower, value: unknown) => void,
  isFailure = false,
): (...values: unknown[]) => unknown {
  return (...values) => {
    for (const follower of waiting) tell(follower, values[0]);
    waiting.clear();
    if (typeof callback === 'function') return callback(...values);
    if (isFailure) throw values[0];
    return values[0];
  };
}
