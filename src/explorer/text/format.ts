import { estimatedTokens } from './tokens.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Milliseconds for people: `0.4 ms`, `12 ms`, `1.2 s`, `3 min 4 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(millis: number): string {
  if (millis < 1) return millis <= 0 ? '0 ms' : `${Math.max(0.1, Math.floor(millis * 10) / 10)} ms`;
  if (millis < SECOND - 0.5) return `${Math.round(millis)} ms`;
  // JSON has whole milliseconds, and a half of a tenth is none in binary.
  if (millis < MINUTE - 50) return `${(Math.round(Math.round(millis) / 100) / 10).toFixed(1)} s`;
  if (millis < HOUR - SECOND / 2) return pair(millis, MINUTE, 'min', SECOND, 's');
  if (millis < DAY - MINUTE / 2) return pair(millis, HOUR, 'h', MINUTE, 'min');
  return pair(millis, DAY, 'd', HOUR, 'h');
}

/** `512 B`, `1.4 kB`, `3.2 MB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** What bytes cost a model: `1.4 kB, about 350 tokens (estimate)`. */
export function formatCost(bytes: number): string {
  const tokens = String(estimatedTokens(bytes)).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${formatSize(bytes)}, about ${tokens} tokens (estimate)`;
}

/** Writes Unix milliseconds as local time. */
export interface Clock {
  /** `Nov 20 14:03`; the year instead of the time where it is not this one: `2025-11-20`. */
  short(unixMs: number, now: number): string;
  /** `2026-11-20 14:03:05`. */
  full(unixMs: number): string;
  /** `2026-11-20`. */
  date(unixMs: number): string;
  /** `14:03:05.123`. */
  time(unixMs: number): string;
}

/** @param timeZone - IANA name; `undefined`: the machine's */
export function createClock(timeZone: string | undefined): Clock {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  });
  const partsOf = (unixMs: number) => {
    const parts = new Map(format.formatToParts(unixMs).map(({ type, value }) => [type, value]));
    return (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  };
  const date = (unixMs: number) => {
    const part = partsOf(unixMs);
    return `${part('year')}-${part('month')}-${part('day')}`;
  };
  return {
    date,
    short: (unixMs, now) => {
      const part = partsOf(unixMs);
      if (part('year') !== partsOf(now)('year')) return date(unixMs);
      return `${MONTHS[Number(part('month')) - 1]} ${part('day')} ${part('hour')}:${part('minute')}`;
    },
    full: (unixMs) => {
      const part = partsOf(unixMs);
      return `${date(unixMs)} ${part('hour')}:${part('minute')}:${part('second')}`;
    },
    time: (unixMs) => {
      const part = partsOf(unixMs);
      return `${part('hour')}:${part('minute')}:${part('second')}.${part('fractionalSecond')}`;
    },
  };
}

function pair(millis: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const smalls = Math.round(millis / small);
  const perLarge = large / small;
  const rest = smalls % perLarge;
  const whole = `${Math.floor(smalls / perLarge)} ${largeUnit}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallUnit}`;
}
