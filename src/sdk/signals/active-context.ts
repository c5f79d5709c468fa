import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import { processWide } from '../process-wide.ts';

/**
 * For a process without a context manager that we can use: with the exporter `none`, which loads no SDK, where another
 * version of the API holds the place, and where the place is left to the application. Shared by all copies.
 */
const unmanaged = processWide('unmanaged-contexts', () => new AsyncLocalStorage<Context>());

/** The context that the code runs in, as far as spans of ours are concerned. */
export function activeContext(): Context {
  const active = context.active();
  return active === ROOT_CONTEXT ? (unmanaged.getStore() ?? active) : active;
}

/** A value of that context. A context manager that the application sets within a handler begins without it. */
export function activeValue(key: symbol): unknown {
  return context.active().getValue(key) ?? unmanaged.getStore()?.getValue(key);
}

/** Calls `fn` in a context that is not the root. Storage of our own costs time, and is used only where it is needed. */
export function runInContext<T>(scope: Context, fn: () => T): T {
  return context.with(scope, () => (context.active() === ROOT_CONTEXT ? unmanaged.run(scope, fn) : fn()));
}
