import { v4 as uuid } from 'uuid';

/** The session of this process: one UUID for its life, whatever the number of managers. */
export interface ProcessSession {
  readonly id: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
}

const KEY = Symbol.for('mcp-sessionscope.process-session');

/** Minted when first asked for. Kept on the global object: the ESM and the CommonJS copy of the package share it. */
export function processSession(): ProcessSession {
  const shared = globalThis as { [KEY]?: ProcessSession };
  shared[KEY] ??= Object.freeze({ id: uuid(), startedAt: Date.now() });
  return shared[KEY];
}
