import { type Context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';

/**
 * A context that holds one value on top of another context. Contexts of the API copy all values for each one that is
 * set, and take half a kilobyte; one of these is made for every message and kept for every session.
 */
export class LinkedContext implements Context {
  readonly #base: Context;
  readonly #key: symbol;
  readonly #value: unknown;

  constructor(base: Context, key: symbol, value: unknown) {
    this.#base = withoutKey(base, key);
    this.#key = key;
    this.#value = value;
  }

  getValue(key: symbol): unknown {
    return key === this.#key ? this.#value : this.#base.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new LinkedContext(this, key, value);
  }

  deleteValue(key: symbol): Context {
    return new LinkedContext(this, key, undefined);
  }

  /** @returns the same context where `key` is not set in it. */
  without(key: symbol): Context {
    if (key === this.#key) return this.#base;
    const base = withoutKey(this.#base, key);
    return base === this.#base ? this : new LinkedContext(base, this.#key, this.#value);
  }
}

/** A value that another one hides would be kept with it, and the request before with the next one. */
function withoutKey(context: Context, key: symbol): Context {
  return context instanceof LinkedContext ? context.without(key) : context;
}

/** The root context, on top of which further values are linked. */
export const LINKED_ROOT: Context = new LinkedContext(
  ROOT_CONTEXT,
  createContextKey('mcp-sessionscope root'),
  true,
);
