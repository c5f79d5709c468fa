/**
 * What is known of a message that others exchange. A proxy passes it on first and tells of it a moment later, so that
 * nobody waits for telemetry.
 */
export interface Passing {
  /** When it passed, in milliseconds on the monotonic clock. */
  readonly at: number;
  /** Bytes of its JSON; `undefined` where they are to be measured. */
  readonly bytes: number | undefined;
}

let told: Passing | undefined;

/** Runs `tell`, for which it is the moment in which the message passed. Whatever is recorded in it has that time. */
export function tellOf<T>(passing: Passing, tell: () => T): T {
  const before = told;
  told = passing;
  try {
    return tell();
  } finally {
    told = before;
  }
}

/**
 * Both clocks, which show when the message passed that is being told of; else the time that it is. Each span rounds its
 * times by up to a millisecond: what begins with the message begins one before.
 */
export const clock = {
  now: (): number =>
    told === undefined ? Date.now() : Math.floor(Date.now() - (performance.now() - told.at)) - 1,
  monotonic: (): number => told?.at ?? performance.now(),
};

/** When the message passed that is being told of, in milliseconds on the monotonic clock: when its span starts. */
export function timeTold(): number | undefined {
  return told?.at;
}

/** Bytes of the message that is being told of, where they are known. */
export function bytesTold(): number | undefined {
  return told?.bytes;
}
