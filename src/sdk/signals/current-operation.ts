import type { Context } from '@opentelemetry/api';
import type { Operation } from '../operation/operation.ts';
import { activeValue, runInContext } from './active-context.ts';
import { CURRENT_OPERATION } from './context-keys.ts';

/** The operation in whose handler the code runs. */
export function currentOperation(): Operation | undefined {
  return activeValue(CURRENT_OPERATION) as Operation | undefined;
}

/** Calls `fn` in the context of an operation. */
export function runInOperation(scope: Context, fn: () => unknown): unknown {
  return runInContext(scope, fn);
}
