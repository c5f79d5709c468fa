import { type Found, findMatches, type Rule } from './found.ts';

/** Longer text is data, and is not decoded. */
const MAX_LENGTH = 8_192;

const BASE64 = /(?<![\w+/-])[A-Za-z0-9+/_-]{12,}={0,2}/g;

/** `user:password`, and nothing of a URL, a time or a name with a namespace. */
const PAIR = /^[\w.@+-]{1,64}:(?!\/\/)[\x21-\x7e]{3,200}$/;

/** The ids of GraphQL, places in lists, and other names with a namespace. */
const NAMESPACED =
  /^(?:[A-Z]\w*:[\d-]+|[A-Z][A-Za-z]*:[\da-f-]{24,}|\d+:\d+|(?:\w*(?:cursor|offset|connection|page|position)|after|before|id|urn|arn|v\d+|sha\d*|ns|time|date|data|text|file|image|type|node|key|next|prev|index|from|start|end|limit|skip|sort|seq|ts):.*)$/;

/** Credentials and whatever else is secret in base64: `user:password`, a private key, a file with a password. */
export function encodedSecrets(isSecret: (text: string) => boolean): Rule {
  return (text) =>
    findMatches(text, BASE64, (match): Found | undefined => {
      const decoded = decodedText(match[0]);
      if (decoded === undefined) return undefined;
      const isPair = PAIR.test(decoded) && !NAMESPACED.test(decoded);
      if (!isPair && !isSecret(decoded)) return undefined;
      return { start: match.index, end: match.index + match[0].length, replacement: '[REDACTED:base64]' };
    });
}

/** The text, if there is one: words are hardly ever base64 of what can be read. */
function decodedText(encoded: string): string | undefined {
  if (encoded.length > MAX_LENGTH) return undefined;
  const base64 = encoded.replace(/=+$/, '').replace(/-/g, '+').replace(/_/g, '/');
  if (base64.length % 4 === 1 || !isReadable(atob(base64.slice(0, 12)))) return undefined;
  const decoded = atob(base64);
  return isReadable(decoded) ? decoded : undefined;
}

function isReadable(text: string): boolean {
  return /^[\t\r\n\x20-\x7e]*$/.test(text);
}
