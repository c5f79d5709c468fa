import type { Operation } from '../operation/operation.ts';
import { activeValue } from './active-context.ts';
import { CURRENT_OPERATION } from './context-keys.ts';

/** The operation in whose handler the code runs. */
export function currentOperation(): Operation | undefined {
  return activeValue(CURRENT_OPERATION) as Operation | undefined;
}
