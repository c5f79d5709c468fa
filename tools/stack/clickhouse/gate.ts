/** Does work, when its turn has come. */
export type Gate = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * Lets some work run at a time; the rest waits in the order in which it came. Work whose signal aborts while it waits is
 * not done.
 */
export function createGate(atOnce: number): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work, signal) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      // The place goes from hand to hand.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
