import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  type ContextManager,
  context,
  createContextKey,
  ROOT_CONTEXT,
} from '@opentelemetry/api';
import { processWide } from '../process-wide.ts';
import { registeredApis } from '../registered-apis.ts';

/**
 * For a process without a context manager that we can use: with the exporter `none`, which loads no SDK, where another
 * version of the API holds the place, and where the place is left to the application. Shared by all copies.
 */
const unmanaged = processWide('unmanaged-contexts', () => new AsyncLocalStorage<Context>());

const PROBE = createContextKey('mcp-sessionscope probe');
const PROBING = ROOT_CONTEXT.setValue(PROBE, true);

/** Whether our API hands contexts on. A manager may put values of its own into each: Sentry's does. */
export function handsContextsOn(): boolean {
  return context.with(PROBING, () => context.active().getValue(PROBE) === true);
}

/** The registered context manager that was looked at last, and whether our API uses it. */
let known: ContextManager | undefined;
let isUsed = false;

/**
 * The context manager of our API, where it has one. Read where the API keeps it: each step of a request asks, and the way
 * through the API is a twentieth of all the time that recording takes.
 */
function manager(): ContextManager | undefined {
  const registered = registeredApis()?.context;
  if (registered !== known) {
    known = registered;
    isUsed = handsContextsOn();
  }
  return isUsed ? registered : undefined;
}

/** The context that the code runs in, as far as spans of ours are concerned. */
export function activeContext(): Context {
  const active = manager()?.active() ?? ROOT_CONTEXT;
  return active === ROOT_CONTEXT ? (unmanaged.getStore() ?? active) : active;
}

/** A value of that context. A context manager that the application sets within a handler begins without it. */
export function activeValue(key: symbol): unknown {
  return manager()?.active().getValue(key) ?? unmanaged.getStore()?.getValue(key);
}

/** Calls `fn` in a context that is not the root. Storage of our own costs time, and is used only where it is needed. */
export function runInContext<T>(scope: Context, fn: () => T): T {
  const managed = manager();
  return managed === undefined ? unmanaged.run(scope, fn) : managed.with(scope, fn);
}
