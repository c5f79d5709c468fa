/**
 * Whether somebody else decides what a signal does to the process. To be asked before the other listeners run: one that
 * was added for once is gone afterwards.
 */
export function hasOtherListeners(signal: NodeJS.Signals, own: NodeJS.SignalsListener): boolean {
  return process.listeners(signal).filter((each) => each !== own).length > waitingListeners();
}

/**
 * The package `signal-exit`, which very many others bring along, listens to every signal and leaves the exit to whoever
 * else listens. If we left it to it in turn, nobody would exit. It counts its listeners in one of two public places,
 * by its version.
 */
function waitingListeners(): number {
  const places: unknown[] = [
    Reflect.get(process, '__signal_exit_emitter__'),
    Reflect.get(globalThis, Symbol.for('signal-exit emitter')),
  ];
  const counts = places.map((emitter) => (emitter as { count?: unknown } | undefined)?.count);
  return counts.reduce((sum: number, count) => sum + (typeof count === 'number' ? count : 0), 0);
}
