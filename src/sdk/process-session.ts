import { v4 as uuid } from 'uuid';
import { processWide } from './process-wide.ts';

/** The session of this process: one UUID for its life, whatever the number of managers. */
export interface ProcessSession {
  readonly id: string;
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
}

/** Begun when first asked for. The id is drawn later: a worker may build its manager where there is no randomness yet. */
export function processSession(): ProcessSession {
  return processWide('process-session', () => {
    const startedAt = performance.now();
    let id: string | undefined;
    return Object.freeze({
      get id() {
        id ??= uuid();
        return id;
      },
      startedAt,
    });
  });
}
