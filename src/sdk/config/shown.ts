/** What stands for a secret. */
const HIDDEN = '…';
/** A longer text is cut: nobody reads it, and to look through it takes time. */
const MAX_LENGTH = 4_096;
/** Shorter ones are in every text. */
const MIN_SECRET_LENGTH = 4;

/** A scheme, as far as slashes or its name tell it from the user of `user:password@host`. */
const SCHEME = /^(?:[a-z][a-z\d+.-]*:\/+|https?:)?/i;
const QUERY_OR_FRAGMENT = /[?#].*$/s;

/** What stands before an at sign, in running text: behind two slashes, or with a colon in it. */
const BEFORE_AT = /(?:\/\/[^\s'"<>]*|[^\s'"<>@/=,:]+:(?![\\/])[^\s'"<>]*)@/g;
/** A page of a site may have an at sign in its path. */
const PATH_BEFORE_AT = /^\/\/[^:/?#]*[/?#][^:]*@$/;
const QUERY = /(:\/\/[^\s'"<>?]*)\?[^\s'"<>]*/g;
/** Headers that carry credentials, as HTTP and as JSON write them. */
const HEADER =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|x-(?:[a-z]+-)?(?:api-?key|token|secret))(["']?\s*:\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\r\n"',}]+)/gi;
const CREDENTIALS = /\b(bearer|basic)\s+([\w.~+/=-]{8,})/gi;
/** A word that people read has none of these: "Basic authentication". */
const UNREADABLE = /[\d_.~+/=]|[a-z][A-Z]/;

/** A configured value that is meant to be a URL, well formed or not, without what can be secret: user, password, query. */
export function shownUrl(text: string): string {
  const [scheme = ''] = SCHEME.exec(text) ?? [];
  const behind = text.slice(scheme.length);
  // A password may hold any character: what counts is the last at sign.
  const at = behind.lastIndexOf('@');
  const place = (at === -1 ? behind : `${HIDDEN}${behind.slice(at)}`).replace(
    QUERY_OR_FRAGMENT,
    (rest) => `${rest[0]}${HIDDEN}`,
  );
  return `${scheme}${place}`;
}

/** A text of others, such as an error or an answer, without the URLs' users and the headers' credentials in it. */
export function withoutSecrets(text: string): string {
  const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}${HIDDEN}` : text;
  return short
    .replace(HEADER, (_, name, colon, value: string) => `${name}${colon}${quoted(value)}`)
    .replace(CREDENTIALS, (found, scheme, word) => (UNREADABLE.test(word) ? `${scheme} ${HIDDEN}` : found))
    .replace(BEFORE_AT, (found) => {
      if (PATH_BEFORE_AT.test(found)) return found;
      return `${found.startsWith('//') ? '//' : ''}${HIDDEN}@`;
    })
    .replace(QUERY, `$1?${HIDDEN}`);
}

/** The same, with secrets that are known: what was sent comes back in the words of some receivers. */
export function hiderOf(secrets: Iterable<string>): (text: string) => string {
  const known = [...new Set([...secrets].flatMap(formsOf))]
    .filter((each) => each.length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
  return (text) => withoutSecrets(known.reduce((rest, each) => rest.replaceAll(each, HIDDEN), text));
}

/** Hidden between the quotes that it has. */
function quoted(value: string): string {
  const [quote = ''] = /^["']/.exec(value) ?? [];
  return `${quote}${HIDDEN}${quote}`;
}

/** `Basic dXNlcjpwYXNz`: the word before is no secret, and what it encodes is one. */
function formsOf(secret: string): string[] {
  const words = secret.split(/\s+/).filter((word) => !/^(bearer|basic)$/i.test(word));
  const decoded = /^basic\s/i.test(secret) ? [fromBase64(words[0] ?? '')] : [];
  const parts = [...words, ...decoded, ...decoded.map((each) => each.slice(each.indexOf(':') + 1))];
  return [secret, ...parts].flatMap((each) => [each, encodeURIComponent(each)]);
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString();
}
