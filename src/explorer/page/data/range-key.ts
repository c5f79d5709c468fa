import type { View } from '../address.ts';

/** What the questions of a tab depend on that asks by time range and service only. */
export function rangeKey({ range, from, to, service }: View): string {
  return JSON.stringify([range, from, to, service]);
}
