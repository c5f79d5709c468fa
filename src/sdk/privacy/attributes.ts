import { REDACTED } from './found.ts';
import { isSensitiveKey } from './keys.ts';

/**
 * The same attributes with every text, alone or in a list, run through `text`, and with what stands under a sensitive
 * key left out. Without `sanitize`, keys do not matter.
 */
export function rewriteAttributes<T extends object>(
  attributes: T,
  text: (value: string) => string,
  sanitize: boolean,
): T {
  const rewritten = Object.entries(attributes).map(([key, value]) => {
    const item =
      sanitize && isSensitiveAttribute(key) ? withoutContent : (one: unknown) => textOnly(one, text);
    return [key, Array.isArray(value) ? value.map(item) : item(value)];
  });
  return Object.fromEntries(rewritten) as T;
}

/** Attribute keys have namespaces: `http.request.header.authorization` is as sensitive as its last part. */
function isSensitiveAttribute(key: string): boolean {
  return isSensitiveKey(key) || isSensitiveKey(key.slice(key.lastIndexOf('.') + 1));
}

/** A flag gives nothing away, and an attribute that was left unset stays so. */
function withoutContent(value: unknown): unknown {
  return typeof value === 'string' || typeof value === 'number' ? REDACTED : value;
}

function textOnly(value: unknown, text: (value: string) => string): unknown {
  return typeof value === 'string' ? text(value) : value;
}
