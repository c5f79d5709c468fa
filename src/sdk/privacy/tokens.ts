import { type Found, findMatches, type Rule, wholeMatch } from './found.ts';

/**
 * Where a word starts, also behind an escape of a text that was quoted or encoded once more: the `n` of `\nsk-…`
 * and the `3D` of `%3Dsk-…` are no part of the key.
 */
const WORD_START = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt])|(?<=%[0-9A-Fa-f]{2}))`;

const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;

/** PEM blocks. One without an end was cut, and goes to the end of the text. */
export const privateKeys: Rule = (text) => {
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

/** The authority of a URL ends at the first slash, so no part of a text is tried by two matches. */
const USER_INFO = /:\/\/(?:([^\s/?#"'<>`\\]+)@|([^\s/?#"'<>`\\]+)$)/g;

/** `user:password` of a URL; its host stays. One that runs into the cut counts if it has a colon. */
export const urlCredentials: Rule = (text, whole) => {
  if (!text.includes('://')) return [];
  return findMatches(text, USER_INFO, (match) => {
    const userInfo = match[1] ?? match[2]!;
    const isWhole = match[1] !== undefined;
    if (!isWhole && (whole.length === text.length || !userInfo.includes(':'))) return undefined;
    const start = match.index + '://'.length;
    return { start, end: start + userInfo.length, replacement: '[REDACTED:credentials]' };
  });
};

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

/** Prefixes that say enough by themselves, even glued to another word. */
const DISTINCT_KEYS = [
  'gh[pousr]_[A-Za-z0-9]{16,}', // GitHub
  String.raw`github_pat_\w{16,}`,
  String.raw`gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat)-[\w-]{16,}`, // GitLab
  String.raw`xox[a-z](?:\.xox[a-z])?-[\w-]{8,}`, // Slack
  String.raw`xapp-\d-[\w-]{8,}`,
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16,}', // AWS
  String.raw`AIza[\w-]{30,}`, // Google
  String.raw`GOCSPX-[\w-]{16,}`,
  '[sr]k_(?:live|test)_[A-Za-z0-9]{8,}', // Stripe
  'whsec_[A-Za-z0-9+/]{16,}={0,2}',
  String.raw`sk-(?:ant|proj|or|svcacct|admin|lf)-[\w-]{8,}`, // OpenAI, Anthropic, OpenRouter, Langfuse
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`, // SendGrid
  'do[opr]_v1_[0-9a-f]{32,}', // DigitalOcean
  'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32,}', // Shopify
  String.raw`pypi-AgEI[\w-]{16,}`,
  'AGE-SECRET-KEY-1[A-Z0-9]{16,}',
];

/** Prefixes short enough to end a word: "task-…" is no key, so they must start one. */
const SHORT_KEYS = [
  String.raw`sk-[\w-]{16,}`,
  'npm_[A-Za-z0-9]{16,}',
  'hf_[A-Za-z0-9]{16,}', // Hugging Face
  'gsk_[A-Za-z0-9]{16,}', // Groq
  'r8_[A-Za-z0-9]{16,}', // Replicate
  'xai-[A-Za-z0-9]{16,}',
  'pplx-[A-Za-z0-9]{16,}',
  'ntn_[A-Za-z0-9]{16,}', // Notion
  'lin_api_[A-Za-z0-9]{16,}', // Linear
  'dapi[0-9a-f]{32}', // Databricks
  'key-[0-9a-f]{32}', // Mailgun
  'SK[0-9a-f]{32}', // Twilio
  String.raw`ya29\.[\w-]{16,}`, // Google OAuth
  String.raw`hv[sb]\.[\w-]{16,}`, // Vault
  String.raw`\d{8,10}:AA[\w-]{32,}`, // Telegram
];

const API_KEY = new RegExp(`${DISTINCT_KEYS.join('|')}|${WORD_START}(?:${SHORT_KEYS.join('|')})`, 'g');

/** Keys and tokens that their issuers gave a shape of their own. */
export const apiKeys: Rule = (text) =>
  findMatches(text, API_KEY, (match) => wholeMatch(match, '[REDACTED:api-key]'));

/** The lookbehind makes one attempt of a run of letters, however long it is. */
const EMAIL = new RegExp(
  String.raw`(?<![\p{L}\p{N}\p{M}_.+%'-])[\p{L}\p{N}\p{M}_.+%'-]+(?:@|%40)` +
    String.raw`[\p{L}\p{N}\p{M}-]+(?:\.[\p{L}\p{N}\p{M}-]+)*\.\p{L}[\p{L}\p{N}\p{M}-]+`,
  'gu',
);

/** E-mail addresses, also percent-encoded ones; `user@localhost` and `package@1.2.3` are none. */
export const emailAddresses: Rule = (text) => {
  if (!text.includes('@') && !text.includes('%40')) return [];
  return findMatches(text, EMAIL, (match): Found => {
    const whole = wholeMatch(match, '[REDACTED:email]');
    return match[0].startsWith("'") ? { ...whole, start: whole.start + 1 } : whole;
  });
};
