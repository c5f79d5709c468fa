/** What this process was started for. */
export function readJob<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

/** Says it to the process that started this one. */
export function say(result: object): void {
  process.send?.(result);
}

/** Ends this process with the one that started it. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit());
}

/** Milliseconds of processor time, of all threads. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

export function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
