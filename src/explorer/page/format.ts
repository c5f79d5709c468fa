const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

export { formatCost, formatDuration, formatSize } from '../text/format.ts';

/** A duration that ticks: whole seconds, so that it does not flicker. `12 s`, `3 min 4 s`, `2 h 5 min`. */
export function formatTicking(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / SECOND));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`;
}

/** `just now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`; `in 5 min` where clocks disagree. */
export function formatAgo(unixMs: number, now: number): string {
  const millis = Math.abs(now - unixMs);
  if (millis < 5 * SECOND) return 'just now';
  const [size, unit] =
    millis < MINUTE
      ? [SECOND, 's']
      : millis < HOUR
        ? [MINUTE, 'min']
        : millis < 2 * DAY
          ? [HOUR, 'h']
          : [DAY, 'd'];
  const text = `${Math.floor(millis / Number(size))} ${unit}`;
  return unixMs > now ? `in ${text}` : `${text} ago`;
}

/** `14:03:05.123`, local. */
export function formatClock(unixMs: number): string {
  const date = new Date(unixMs);
  return `${formatSeconds(date)}.${pad(date.getMilliseconds(), 3)}`;
}

/** `Nov 20, 14:03:05`; with the year where it is not this one. Local. */
export function formatMoment(unixMs: number, now: number): string {
  const date = new Date(unixMs);
  return `${formatDay(unixMs, now)}, ${formatSeconds(date)}`;
}

/** `Nov 20`; `Nov 20, 2025` where it is not this year. Local. */
export function formatDay(unixMs: number, now: number): string {
  const date = new Date(unixMs);
  const day = `${MONTHS[date.getMonth()]} ${date.getDate()}`;
  return date.getFullYear() === new Date(now).getFullYear() ? day : `${day}, ${date.getFullYear()}`;
}

/** `2026-11-20 14:03:05`, local. */
export function formatFull(unixMs: number): string {
  const date = new Date(unixMs);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${formatSeconds(date)}`;
}

/** What `<input type="datetime-local">` takes: `2026-11-20T14:03:05`. */
export function toInputTime(unixMs: number | undefined): string {
  if (unixMs === undefined) return '';
  return formatFull(unixMs).replace(' ', 'T');
}

/** The other way; `undefined` for what is no time. */
export function fromInputTime(text: string): number | undefined {
  const unixMs = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(unixMs) ? undefined : unixMs;
}

/** `1,234`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `3 sessions`, `1 session`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `0 %`, `0.4 %`, `12 %`; empty without anything to divide by. */
export function formatRate(part: number, whole: number): string {
  if (whole === 0) return '';
  const percent = (part / whole) * 100;
  if (percent === 0 || percent >= 9.95) return `${Math.round(percent)} %`;
  return `${Math.max(0.1, Math.round(percent * 10) / 10)} %`;
}

/** Cut at so many characters, never inside a surrogate pair. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? most - 1 : most;
  return `${text.slice(0, end)}…`;
}

function formatSeconds(date: Date): string {
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

function pad(number: number, digits = 2): string {
  return String(number).padStart(digits, '0');
}
