import { v4 as uuid } from 'uuid';
import { processWide } from './process-wide.ts';

/** The session of this process: one UUID for its life, whatever the number of managers. */
export interface ProcessSession {
  readonly id: string;
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
}

/** Minted when first asked for. */
export function processSession(): ProcessSession {
  return processWide('process-session', () => Object.freeze({ id: uuid(), startedAt: performance.now() }));
}
