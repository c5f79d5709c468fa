import { lookUp } from './look-up.ts';

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** What {@link sinceOf} reads, to be said to whoever wrote something else. */
export const SINCE_FORMS =
  'Give a duration such as 15m, 2h or 7d, or a time such as 2026-11-20, 2026-11-20T14:00 or 2026-11-20T14:00:00Z.';

/** A duration before now, or an ISO time, as Unix milliseconds; `undefined` where the text is neither. */
export function sinceOf(text: string, now: number): number | undefined {
  const millis = millisOf(text);
  return millis === undefined ? timeOf(text) : now - millis;
}

/** `15m` as milliseconds; `undefined` where the text is no duration. */
export function millisOf(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const factor = lookUp(UNITS, unit?.toLowerCase());
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

function timeOf(text: string): number | undefined {
  const [, date, time] = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}.*))?$/.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  // A bare date would be read as UTC; people mean their own midnight.
  const millis = Date.parse(`${date}T${time ?? '00:00'}`);
  return Number.isNaN(millis) ? undefined : millis;
}
