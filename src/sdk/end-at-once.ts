import { processWide } from './process-wide.ts';

/** Shared by the copies of the package, and by its entries, which are bundled apart. */
const endings = (): WeakMap<object, () => void> => processWide('endings', () => new WeakMap());

/** Keeps how a manager is ended at once. */
export function endsAtOnce(manager: object, end: () => void): void {
  endings().set(manager, end);
}

/**
 * Ends a manager for who cannot wait: when this returns, all is recorded, and a flush of the application's providers has
 * begun. One that no server was connected with records nothing.
 */
export function endAtOnce(manager: object): void {
  endings().get(manager)?.();
}
