import { reportFailure } from '../sdk/diagnostics/guard.ts';
import { insertCalls, mayHoldConnect } from './insert-calls.ts';

/** What a loader has of a module. */
export interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
}

/** Those that are no program, or none of JavaScript. */
const OTHERS: ReadonlySet<unknown> = new Set(['json', 'wasm', 'builtin', 'addon']);

/** As Node.js reads modules: without a byte order mark, behind which a `#!` would be no comment. */
const decoder = new TextDecoder();

/** The module with calls in its text, or as it is. */
export function withCalls<T extends Loaded>(loaded: T): T {
  const { format, source } = loaded;
  if (source === null || source === undefined || OTHERS.has(format)) return loaded;
  const text = textWithCalls(typeof source === 'string' ? source : bytesOf(source));
  return text === undefined ? loaded : { ...loaded, source: text };
}

/** @returns `undefined` where nothing is inserted. Never throws. */
export function textWithCalls(source: string | Buffer): string | undefined {
  try {
    return mayHoldConnect(source) ? insertCalls(textOf(source)) : undefined;
  } catch (error) {
    reportFailure('looking at a module failed, and its servers are not observed', error);
    return undefined;
  }
}

export function textOf(source: string | Buffer): string {
  return typeof source === 'string' ? source : decoder.decode(source);
}

function bytesOf(source: ArrayBuffer | NodeJS.TypedArray): Buffer {
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}
