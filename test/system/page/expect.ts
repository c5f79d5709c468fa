import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const AGAIN_MS = 50;

/** Runs `look` until it does not throw; throws what it threw last. */
export async function eventually<T>(look: () => Promise<T>, timeoutMs = 10_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(AGAIN_MS);
  }
}

/** Waits until what is read equals what is expected. */
export async function eventuallyEqual(
  read: () => Promise<unknown>,
  expected: unknown,
  what: string,
): Promise<void> {
  await eventually(async () => equal(await read(), expected, what));
}

export function equal(actual: unknown, expected: unknown, what: string): void {
  try {
    assert.deepEqual(actual, expected);
  } catch {
    throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}

export function ok(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of `1.2 s`, `3 min 4 s`. */
export function millisOf(text: string): number {
  const parts = [...text.matchAll(/(\d[\d.]*) (ms|s|min|h|d)\b/g)];
  ok(parts.length > 0, `${JSON.stringify(text)} is no duration`);
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!, 0);
}

/** Whether a duration is shown as it is, as exactly as its text goes. */
export function showsDuration(text: string, millis: number, what: string): void {
  const parts = [...text.matchAll(/(\d[\d.]*) (ms|s|min|h|d)\b/g)];
  const [, number = '', unit = ''] = parts.at(-1) ?? [];
  const exactness = UNITS[unit]! * (number.includes('.') ? 0.1 : 1);
  const least = millis < 1 ? 0.1 : exactness * 0.51;
  ok(Math.abs(millisOf(text) - millis) <= least, `${what}: ${text} instead of ${millis} ms`);
}
