import { head, truncate } from '../../sdk/privacy/truncate.ts';
import { visible } from '../text/visible.ts';

/** UTF-16 code units after which names of others are cut. */
const MAX_NAME = 120;
export const MAX_ERROR = 1_000;
export const MAX_CAPTURED = 2_000;
const MAX_ID = 200;

/** Text that others wrote, of bounded length, with what could hide or reorder text written out. */
export function clean(text: string, limit: number = MAX_NAME): string {
  const shown = visible(head(text, limit));
  return truncate(shown, limit, text.length <= limit);
}

/** An id is cut without a mark: its beginning is enough to ask for it. */
export function cleanId(id: string): string {
  return head(visible(head(id, MAX_ID)), MAX_ID);
}

/** Every text of a flat object, cleaned. */
export function cleanFields<T extends object>(
  fields: T,
  limits: { readonly [K in keyof T]?: number } = {},
): T {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? clean(value, limits[name as keyof T]) : value,
    ]),
  ) as T;
}

/** `1 of 3 calls`, or just `3 calls` where all are there. */
export function countedOf(count: number, total: number, what: string): string {
  return count === total ? counted(total, what) : `${count} of ${counted(total, what)}`;
}

/** `1 call`, `2 calls`. */
export function counted(count: number, what: string, several = `${what}s`): string {
  return `${count} ${count === 1 ? what : several}`;
}
