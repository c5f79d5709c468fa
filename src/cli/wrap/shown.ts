import { visible } from '../../explorer/text/visible.ts';
import { withoutSecrets } from '../../sdk/config/shown.ts';
import { redactText } from '../../sdk/privacy/redact.ts';

/** What stands for what is not shown. */
const HIDDEN = '…';
/** What the rules for captured values put for it. */
const REDACTED = /\[REDACTED(?::[a-z\d-]+)?\]/g;
/** Nobody reads a longer command; its end is the same before and after. */
const MAX_LENGTH = 400;

/** Options whose value is one of many things, secrets among them: headers, and variables of a container. */
const SECRET_OPTION = /^(?:-H|--?headers?|-e|--env|--user)$/;
/** Names of secrets, and of some things that are none. */
const SECRET_NAME =
  /key|token|secret|pass|pwd|auth|cred|cookie|session|bearer|signature|dsn|conn|licen[cs]e|pin$|pat$|^[kp]$/i;
/** `-pPASSWORD`, as clients of databases take it; `-p8080` is a port, and `-path` a word. */
const PASSWORD_OPTION = /^-p(?!\d+(?::\d+)*$)(?=.*[^a-z-])./s;
/** `--name` or `-name`, without its value. */
const OPTION = /^-{1,2}([A-Za-z][\w.-]*)$/;
/** `--name=value`, `NAME=value`. */
const ASSIGNMENT = /^(-{0,2}[A-Za-z_][\w.-]*)=(.+)$/s;
/** A URL, of which only the place is shown: keys stand in paths too. */
const URL_WORD = /^([a-z][a-z\d+.-]{1,20}:)\/\/([^/?#]*@)?([^/?#@]*)(.*)$/is;
/** But for paths that are made of words and small numbers, such as `/api/v1/mcp`. */
const PLAIN_PATH =
  /^(?:\/(?:[A-Z]?[a-z]{1,16}|v?\d{1,3})(?:[._-](?:[A-Z]?[a-z]{1,16}|v?\d{1,3})){0,3}){0,8}\/?$/;

/** What is drawn rather than written: long, of letters and digits; as a UUID has them; with signs, in both cases. */
const DRAWN =
  /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?=[A-Za-z]*\d)(?=\d*[A-Za-z])\w{20,}|(?=[\w+=-]*\d)(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])[\w+=-]{24,}/g;

/**
 * A command, or a URL, as it may be shown to whoever looks over the user's shoulder. Configurations of clients are full
 * of keys: what may be one is hidden, and rather too much than too little, for the line is only there to be recognised.
 */
export function shownWords(words: readonly string[]): string {
  const short = words.slice(0, MAX_LENGTH).map((word) => word.slice(0, MAX_LENGTH));
  const hidden = short.map((word, i) => shownWord(word, short[i - 1] ?? ''));
  const line = redactText(withoutSecrets(hidden.map(quoted).join(' '))).replace(REDACTED, HIDDEN);
  return visible(line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}${HIDDEN}` : line);
}

/** A URL without what can be secret. */
export function shownPlace(url: string): string {
  return visible(shownWord(url, ''));
}

function shownWord(word: string, before: string): string {
  const [, option] = OPTION.exec(before) ?? [];
  if (SECRET_OPTION.test(before) || (option !== undefined && SECRET_NAME.test(option))) {
    return shownAssignment(word) ?? HIDDEN;
  }
  if (PASSWORD_OPTION.test(word)) return `-p${HIDDEN}`;
  return shownAssignment(word) ?? shownUrlWord(word) ?? word.replace(DRAWN, HIDDEN);
}

/** The name stays; so does the value of an option that has nothing secret about it. */
function shownAssignment(word: string): string | undefined {
  const [, name, value] = ASSIGNMENT.exec(word) ?? [];
  if (name === undefined || value === undefined) return undefined;
  const isPlainOption = name.startsWith('-') && !SECRET_NAME.test(name) && !SECRET_OPTION.test(name);
  return `${name}=${isPlainOption ? shownWord(value, '') : HIDDEN}`;
}

function shownUrlWord(word: string): string | undefined {
  const [, scheme, user, host, rest = ''] = URL_WORD.exec(word) ?? [];
  if (scheme === undefined) return undefined;
  const isPlain = user === undefined ? PLAIN_PATH.test(rest) : rest === '' || rest === '/';
  return `${scheme}//${host}${isPlain ? rest : `/${HIDDEN}`}`;
}

function quoted(word: string): string {
  return word === '' || /\s/.test(word) ? JSON.stringify(word) : word;
}
