import { type Found, findMatches, type Rule, wholeMatch } from './found.ts';

const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----/g;

/** What PuTTY writes: the lines between `Private-Lines` and `Private-MAC`. */
const PUTTY = /Private-Lines: \d{1,4}(?:\r?\n|\\n)(?:[A-Za-z0-9+/=]+(?:\r?\n|\\n)?)*/g;

/** PEM blocks. One without an end was cut, and goes to the end of the text. */
export const privateKeys: Rule = (text) => {
  if (text.includes('Private-Lines: '))
    return findMatches(text, PUTTY, (match) => wholeMatch(match, '[REDACTED:private-key]'));
  if (!text.includes('PRIVATE KEY')) return [];
  return findMatches(text, PRIVATE_KEY, (match) => {
    const footer = text.indexOf('-----END', match.index + match[0].length);
    const dashes = footer < 0 ? -1 : text.indexOf('-----', footer + 8);
    const end = dashes < 0 ? text.length : dashes + 5;
    return { start: match.index, end, replacement: '[REDACTED:private-key]' };
  });
};

const BEARER = /(?:(?<![A-Za-z])|(?<=\\[bfnrt]))Bearer(?:[\s:]|%20){1,4}([\w.~+/|:-]+=*)/gi;

/** What follows the word `bearer` in a sentence, an error message or a challenge, and is no token. */
const BEARER_PROSE = new Set(
  `access and are auth authenticated authentication authorization but challenge credential credentials error
  expired for format from has header headers in invalid is jwt key method missing must not null of only or prefix
  realm required resource_metadata scheme scope should string the to token tokens type undefined value was with
  without`.split(/\s+/),
);

const BASIC = /(?:(?<![A-Za-z])|(?<=\\[bfnrt]))Basic(?:[\s:]|%20){1,4}([A-Za-z0-9+/_-]{4,}={0,2})/gi;

/** `Bearer x`, wherever it stands. */
export const bearerTokens: Rule = (text) =>
  findMatches(text, BEARER, (match) =>
    isProse(match[1]!) ? undefined : wholeMatch(match, '[REDACTED:bearer]'),
  );

/** `Basic x`, wherever it stands. */
export const basicCredentials: Rule = (text) =>
  findMatches(text, BASIC, (match) =>
    isBasicCredential(match[1]!) ? wholeMatch(match, '[REDACTED:basic]') : undefined,
  );

function isProse(token: string): boolean {
  return token.length <= 20 && BEARER_PROSE.has(token.toLowerCase().replace(/[.:=|-]+$/, ''));
}

/** "Basic plan" is prose; `user:password` in base64 is not, nor is a long word with digits. */
function isBasicCredential(token: string): boolean {
  if (token.length >= 16 && /\d/.test(token)) return true;
  const base64 = token.slice(0, 256).replace(/=+$/, '').replace(/-/g, '+').replace(/_/g, '/');
  // No byte ends in a single letter: decoding that throws.
  return base64.length % 4 !== 1 && atob(base64).includes(':');
}

const JWT = /eyJ[\w-]{7,}(?:\.[\w-]*){0,4}/g;

/** A signed or encrypted token has two dots or more; base64 of JSON alone, like a cursor, has none. */
export const jsonWebTokens: Rule = (text, whole) => {
  if (!text.includes('eyJ')) return [];
  return findMatches(text, JWT, (match) => {
    const wasCut = match.index + match[0].length === text.length && whole.length > text.length;
    const [, payload, signature] = match[0].split('.');
    const isToken = signature !== undefined || payload?.startsWith('eyJ') === true;
    return isToken || wasCut ? wholeMatch(match, '[REDACTED:jwt]') : undefined;
  });
};

/** Hashes of passwords, as `crypt` and its like write them. */
const HASH =
  /\$(?:2[abxy]|apr1|[1567y]|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]{0,12}|bcrypt[\w-]{0,12}|sha1)\$[\w./+=$,-]{16,}/g;

export const passwordHashes: Rule = (text) =>
  text.includes('$') ? findMatches(text, HASH, (match) => wholeMatch(match, '[REDACTED:hash]')) : [];

/** The lookbehind makes one attempt of a run of letters, however long it is. */
const EMAIL = new RegExp(
  String.raw`(?<![\p{L}\p{N}\p{M}_.+%'-])[\p{L}\p{N}\p{M}_.+%'-]+(?:@|%40)` +
    String.raw`[\p{L}\p{N}\p{M}-]+(?:\.[\p{L}\p{N}\p{M}-]+)*\.\p{L}[\p{L}\p{N}\p{M}-]+`,
  'gu',
);

/** E-mail addresses, also percent-encoded ones; `user@localhost` and `package@1.2.3` are none. */
export const emailAddresses: Rule = (text) => {
  if (!text.includes('@') && !text.includes('%40')) return [];
  return findMatches(text, EMAIL, (match): Found | undefined => {
    // Where a repository is: `git@host:path`.
    if (/^git(?:lab)?@/.test(match[0]) && /^[:/]/.test(text[match.index + match[0].length] ?? ''))
      return undefined;
    const whole = wholeMatch(match, '[REDACTED:email]');
    return match[0].startsWith("'") ? { ...whole, start: whole.start + 1 } : whole;
  });
};
