import type { Attributes } from '@opentelemetry/api';
import { isLasting } from '../signals/lasting.ts';

/**
 * @param write the SDK's: writes a text of an attribute set, by which it finds the series of a data point. It does so for
 * each, and that is a tenth of what recording a call costs.
 * @returns the same, which writes it once for sets that last.
 */
export function rememberingTexts(write: (attributes: Attributes) => string): typeof write {
  const texts = new WeakMap<Attributes, string>();
  return (attributes) => {
    if (!isLasting(attributes)) return write(attributes);
    const known = texts.get(attributes);
    if (known !== undefined) return known;
    const text = write(attributes);
    texts.set(attributes, text);
    return text;
  };
}
