import { processWide } from './process-wide.ts';

/** How a manager is ended and flushed, beside what it offers to everybody. */
export interface Endings {
  atOnce(): void;
  within(limitMs: number): Promise<void>;
  flush(): Promise<void>;
}

/** Shared by the copies of the package, and by its entries, which are bundled apart. */
const all = (): WeakMap<object, Endings> => processWide('endings', () => new WeakMap());

export function setEndings(manager: object, endings: Endings): void {
  all().set(manager, endings);
}

/**
 * Ends a manager for who cannot wait: when this returns, all is recorded, and a flush of the application's providers has
 * begun. One that no server was connected with records nothing.
 */
export function endAtOnce(manager: object): void {
  all().get(manager)?.atOnce();
}

/**
 * Ends a manager for who waits for so long only: what is undelivered then goes to a process that outlives this one.
 *
 * @returns `undefined` where it is no manager of ours
 */
export function endWithin(manager: object, limitMs: number): Promise<void> | undefined {
  return all().get(manager)?.within(limitMs);
}

/**
 * Flushes without keeping the process for it.
 *
 * @returns `undefined` where it is no manager of ours
 */
export function flushAside(manager: object): Promise<void> | undefined {
  return all().get(manager)?.flush();
}
