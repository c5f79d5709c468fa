import { isArgumentOf } from './commands.ts';
import type { Member } from './json-members.ts';
import { isSensitiveUnder, sensitivityOf } from './keys.ts';
import { NAME_KEYS, VALUE_KEYS } from './pairs.ts';
import { isPlaceholder, isSentence } from './values.ts';

/** Members of one object that are looked at for the name of another. */
const MAX_SIBLINGS = 16;

/** The secret numbers of a JSON Web Key. */
const WEB_KEY_PARTS: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']);
const SCHEMA_TYPES: ReadonlySet<unknown> = new Set(
  'string number integer boolean object array null'.split(' '),
);

/** Whether the member of `owner` is a secret by its own name, or by the one that stands beside it. May throw. */
export function hidesMember(owner: object, { key, read, isComputed }: Member): boolean {
  const sensitivity = sensitivityOf(key);
  if (sensitivity === 'none') {
    if (VALUE_KEYS.has(plain(key)))
      return isSecretText(read, isComputed, (value) => isNamedBeside(owner, key, value));
    return WEB_KEY_PARTS.has(key) && Object.hasOwn(owner, 'kty');
  }
  if (sensitivity !== 'secret')
    return isSecretText(read, isComputed, (value) => isSensitiveUnder(key, value));
  // What is not shown is not read either, where reading runs code.
  if (isComputed?.() === true) return true;
  const value = read();
  if (typeof value === 'string') return isSecretValue(key, value);
  if (typeof value === 'number') return isSensitiveUnder(key, String(value));
  return value !== null && value !== undefined && typeof value !== 'boolean' && !isSchema(value);
}

function isSecretValue(key: string, value: string): boolean {
  return value !== '' && !isPlaceholder(value) && !isSentence(value) && isSensitiveUnder(key, value);
}

/** Whether an item of a list is a secret by the one before it: `['--password', 'x']`, `['Authorization', 'x']`. */
export function hidesItem(previous: unknown, item: unknown): boolean {
  return typeof previous === 'string' && typeof item === 'string' && isArgumentOf(previous, item);
}

function isSecretText(
  read: () => unknown,
  isComputed: (() => boolean) | undefined,
  isSecret: (value: string) => boolean,
): boolean {
  if (isComputed?.() === true) return false;
  const value = read();
  return (
    typeof value === 'string' &&
    value !== '' &&
    !isPlaceholder(value) &&
    !isSentence(value) &&
    isSecret(value)
  );
}

/** `{ name: 'X-Api-Key', value: '…' }`. */
function isNamedBeside(owner: object, key: string, value: string): boolean {
  let looked = 0;
  for (const sibling in owner) {
    if (looked++ === MAX_SIBLINGS) return false;
    if (sibling === key || !NAME_KEYS.has(plain(sibling))) continue;
    const name: unknown = Object.getOwnPropertyDescriptor(owner, sibling)?.value;
    if (typeof name === 'string' && isSensitiveUnder(name, value)) return true;
  }
  return false;
}

/** What a schema says of a secret, without a value of it. */
function isSchema(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const own = (name: string): unknown => Object.getOwnPropertyDescriptor(value, name)?.value;
  if (['value', 'default', 'const', 'enum', 'example', 'examples'].some((name) => Object.hasOwn(value, name)))
    return false;
  const type = own('type');
  const isTyped = Array.isArray(type) ? type.every((each) => SCHEMA_TYPES.has(each)) : SCHEMA_TYPES.has(type);
  return isTyped || ['$ref', 'anyOf', 'oneOf', 'allOf'].some((name) => Object.hasOwn(value, name));
}

function plain(key: string): string {
  return key.length > 24 ? '' : key.toLowerCase().replace(/[-_]/g, '');
}
