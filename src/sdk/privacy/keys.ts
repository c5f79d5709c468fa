import {
  EXACT_KEYS,
  KEY_QUALIFIERS,
  LAST_WORDS,
  PAGING_WORDS,
  PASS_QUALIFIERS,
  SUFFIXES,
} from './key-words.ts';
import { looksRandom } from './values.ts';
import { isIssuedUnder, isNamedByVendor } from './vendor-keys.ts';

/** Longer keys are not looked up: none in the table comes near, and normalising them would cost. */
const MAX_KEY_LENGTH = 64;
/** A key of more words is a sentence. */
const MAX_WORDS = 6;
/** How many keys are remembered; one program uses far fewer. */
const MAX_KNOWN = 2_000;

/** What the name of a value says of it: a secret, or one if it looks drawn at random, or as a vendor draws it. */
export type Sensitivity = 'secret' | 'if-random' | 'if-issued' | 'none';

/** Of use only as the name of a query parameter: elsewhere a signature is nothing secret. */
const SENSITIVE_PARAMETERS = new Set(
  (
    'sig signature xamzsignature xamzcredential xgoogsignature xgoogcredential awsaccesskeyid key code ticket hmac ' +
    'samlresponse assertion'
  ).split(' '),
);

/** Words in one, without a sign of where each begins. */
const GLUED =
  /^\p{L}*(?:passw(?:or)?d|passphrase|secret|(?:api|secret|private|access|account)key|(?:access|auth|api|refresh)token)$/u;

/** What a small number under such a key counts. */
const COUNTED = /^(?:pass|passwords|cookies?|secrets|credentials|creds|auth)$/i;

const KNOWN = new Map<string, Sensitivity>();

/**
 * Whether the value under `key` is a secret by its name alone. The words of the key count, in any case and with any
 * separators: `api_key`, `apiKey` and `ACME_API_KEY` are; `monkey`, `author`, `tokenizer` and `maxTokens` are not.
 */
export function isSensitiveKey(key: string): boolean {
  return sensitivityOf(key) === 'secret';
}

/** The same for the name of a URL's query parameter, where signatures are secrets too. */
export function isSensitiveParameter(name: string): boolean {
  return isSensitiveKey(name) || (name.length <= MAX_KEY_LENGTH && SENSITIVE_PARAMETERS.has(normalise(name)));
}

/** Whether `value`, which stands under `key`, is to be hidden for what the key says. */
export function isSensitiveUnder(key: string, value: string): boolean {
  const sensitivity = sensitivityOf(key);
  if (sensitivity === 'none') return false;
  if (sensitivity === 'secret') {
    return /^pin$/i.test(key)
      ? /^\d{2,12}$|^\d{2,4}(?: \d{2,4}){1,3}$/.test(value)
      : !(/^\d{1,5}$/.test(value) && COUNTED.test(key));
  }
  return (sensitivity === 'if-random' && looksRandom(value)) || isIssuedUnder(key, value);
}

export function sensitivityOf(key: string): Sensitivity {
  if (key.length > MAX_KEY_LENGTH) return 'none';
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const judged = judge(key);
  const sensitivity = judged === 'none' && isNamedByVendor(key) ? 'if-issued' : judged;
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
  KNOWN.set(key, sensitivity);
  return sensitivity;
}

function judge(key: string): Sensitivity {
  if (EXACT_KEYS.has(normalise(key))) return 'secret';
  const words = wordsOf(key);
  while (words.length > 1 && SUFFIXES.has(words.at(-1)!)) words.pop();
  if (words.length > MAX_WORDS) return 'none';
  const last = (words.at(-1) ?? '').replace(/(?<=\D)\d{1,2}$/, '');
  const before = words.slice(0, -1);
  if (EXACT_KEYS.has(words.join('')) || (before.length > 0 && EXACT_KEYS.has(before.at(-1)! + last))) {
    return 'secret';
  }
  // `AWS_ACCESS_KEY_ID`, `PGP_PRIVATE_KEY_PEM`: the id and the form of a key go with it.
  switch (last) {
    case 'token':
      return before.length > 0 && !before.some((word) => PAGING_WORDS.has(word)) ? 'secret' : 'none';
    case 'key':
      return judgeKey(before, key);
    case 'pass':
      return before.some((word) => PASS_QUALIFIERS.has(word)) || isShouted(key, before) ? 'secret' : 'none';
    case 'pat':
      return before.length > 0 && isShouted(key, before) ? 'secret' : 'none';
    case 'session':
    case 'sessionid':
    case 'sid':
    case 'sessid':
      return 'if-random';
    case 'id':
      return before.at(-1) === 'session' ? 'if-random' : 'none';
    default:
      return GLUED.test(last) || (before.length > 0 && LAST_WORDS.has(last)) ? 'secret' : 'none';
  }
}

/** `*_KEY`: a secret where the word before it says so, and where it looks like one in an environment variable. */
function judgeKey(before: readonly string[], key: string): Sensitivity {
  if (before.length === 0) return 'none';
  const kinds = before.map((word) => KEY_QUALIFIERS.get(word)).filter((kind) => kind !== undefined);
  if (kinds.includes('none')) return 'none';
  if (kinds.includes('secret')) return 'secret';
  return isShouted(key, before) || before.length > 0 ? 'if-random' : 'none';
}

/** Whether it is written as environment variables are. */
function isShouted(key: string, before: readonly string[]): boolean {
  return before.length > 0 && key === key.toUpperCase();
}

function wordsOf(key: string): string[] {
  return key
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function normalise(key: string): string {
  const lower = key.toLowerCase();
  return /^[a-z0-9]*$/.test(lower) ? lower : lower.normalize('NFC').replace(/[^\p{L}\p{N}]+/gu, '');
}
