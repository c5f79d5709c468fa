import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context } from '@opentelemetry/api';
import type { Operation } from '../operation/operation.ts';
import { processWide } from '../process-wide.ts';
import { CURRENT_OPERATION } from './context-keys.ts';

/** For a process without a context manager, as with the exporter `none`, which loads no SDK. Shared by all copies. */
const unmanaged = processWide('unmanaged-contexts', () => new AsyncLocalStorage<Context>());

/** The operation in whose handler the code runs. */
export function currentOperation(): Operation | undefined {
  const operation =
    context.active().getValue(CURRENT_OPERATION) ?? unmanaged.getStore()?.getValue(CURRENT_OPERATION);
  return operation as Operation | undefined;
}

/** Calls `fn` in the context of an operation. */
export function runInOperation(scope: Context, fn: () => unknown): unknown {
  return context.with(scope, () =>
    context.active().getValue(CURRENT_OPERATION) === undefined ? unmanaged.run(scope, fn) : fn(),
  );
}
