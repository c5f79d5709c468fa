import type { OpenRequest } from './open-requests.ts';

/** `waiting 3 min: tools/call slow_report`, and how many more; `undefined`: it waits for nothing. */
export function waitingText(
  [oldest, ...others]: readonly OpenRequest[],
  now: number,
  format: (millis: number) => string,
): string | undefined {
  if (oldest === undefined) return undefined;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `waiting ${format(Math.max(0, now - oldest.sinceMs))}: ${oldest.name}${more}`;
}
