import type { Attributes } from '@opentelemetry/api';

/** On attribute sets that nobody changes. Copies of the package share it, and no copy of a set has it. */
const LASTING = Symbol.for('mcp-sessionscope.lasting');

/** Says of `attributes` that they stay as they are: what the SDK finds out about them, it need not find out again. */
export function lasting(attributes: Attributes): Attributes {
  return Object.defineProperty(attributes, LASTING, { value: true });
}

export function isLasting(attributes: Attributes): boolean {
  return (attributes as Record<symbol, unknown>)[LASTING] === true;
}
