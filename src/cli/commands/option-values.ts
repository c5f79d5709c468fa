import { InvalidArgumentError } from 'commander';
import { lookUp } from '../../explorer/text/look-up.ts';
import { millisOf, SINCE_FORMS, sinceOf } from '../../explorer/text/time-input.ts';
import { isHttpUrl } from '../../sdk/config/validate.ts';

const SIZES: Readonly<Record<string, number>> = {
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** `15m` as milliseconds. */
export function parseDuration(text: string): number {
  const millis = millisOf(text);
  if (millis === undefined) throw new InvalidArgumentError('Give a duration such as 30s, 15m, 2h, 7d or 1w.');
  return millis;
}

/** A duration before now, or an ISO time, as Unix milliseconds. */
export function parseTime(text: string, now: number): number {
  const since = sinceOf(text, now);
  if (since === undefined) throw new InvalidArgumentError(SINCE_FORMS);
  return since;
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count === 0 || !Number.isSafeInteger(count)) {
    throw new InvalidArgumentError('Give a whole number from 1.');
  }
  return count;
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Give a port from 0 to 65535.');
  return port;
}

/** `500MB`, `4 GB`, `1GiB` as bytes. */
export function parseSize(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([kmgt]i?b)$/i.exec(text.trim()) ?? [];
  const factor = lookUp(SIZES, unit?.toLowerCase());
  if (amount === undefined || factor === undefined) {
    throw new InvalidArgumentError('Give a size such as 500MB, 4GB or 2GiB.');
  }
  return Math.round(Number(amount) * factor);
}

/** Text to search for; an empty one would match everything, which nobody means. */
export function parseText(text: string): string {
  // As in `run --name -- node`: nobody means it, and `run` would start something else than what stands there.
  if (text.trim() === '--')
    throw new InvalidArgumentError('Its value is missing: -- is what ends the options.');
  if (text.trim() === '') throw new InvalidArgumentError('Give some text.');
  return text.trim();
}

/** `user:password` of a URL, decoded; a percent sign that encodes nothing stands for itself. */
export function userInfoOf({ username, password }: URL): string | undefined {
  return username === '' && password === '' ? undefined : `${decoded(username)}:${decoded(password)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param example - what the message shows */
export function httpUrlParser(example: string): (text: string) => string {
  return (text) => {
    if (!isHttpUrl(text)) throw new InvalidArgumentError(`Give an http(s) URL such as ${example}.`);
    return text;
  };
}
