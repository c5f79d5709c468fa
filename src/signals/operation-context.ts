import type { Context } from '@opentelemetry/api';
import type { Operation } from '../operation/operation.ts';
import { CURRENT_OPERATION } from './context-keys.ts';

/**
 * The context in which `operation` is handled: another one, and the operation. One is made for every message, and a
 * context of the API's copies all values to add one.
 */
export class OperationContext implements Context {
  readonly #base: Context;
  readonly #operation: Operation;

  constructor(base: Context, operation: Operation) {
    // A context within a context would keep the operation before, and the ones before it, for as long as this one lives.
    this.#base = base instanceof OperationContext ? base.#base : base;
    this.#operation = operation;
  }

  getValue(key: symbol): unknown {
    return key === CURRENT_OPERATION ? this.#operation : this.#base.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new OperationContext(this.#base.setValue(key, value), this.#operation);
  }

  deleteValue(key: symbol): Context {
    return new OperationContext(this.#base.deleteValue(key), this.#operation);
  }
}
