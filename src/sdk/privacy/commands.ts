import { type Found, findMatches, inOrder, REDACTED, type Rule } from './found.ts';
import { isSensitiveKey } from './keys.ts';
import { isPlaceholder, looksLikePassword, looksRandom } from './values.ts';

/** Secrets on command lines, in SQL statements and in files of accounts. */

const OPTION = /(?<=^|[\s"'`(,[])(?:--?|\/)([A-Za-z][\w-]{1,40})[ \t]{1,4}(["'`]?)([^\s"'`-][^\s"'`]*)/g;

/** What follows an option in a sentence about it. */
const PROSE =
  /^(?:is|are|was|to|for|from|with|in|on|of|the|a|an|and|or|not|if|flag|option|options|argument|arguments|parameter|value|values|must|should|can|has|have|as|at|by|before|after|instead|when|which|that|requires?|required|sets?|takes?|needs?|only|also|file|prompt|here|it|this|your)\b/i;

/** `--password x`. */
const options: Rule = (text) =>
  findMatches(text, OPTION, (match) => {
    const value = match[3]!;
    if (!isSensitiveKey(match[1]!) || (match[2] === '' && PROSE.test(value))) return undefined;
    return lastOf(text, match, value, match[2]!);
  });

const ACCOUNT =
  /(?<=[\s"'`])(?:-u|-U|--user|--userpwd|--proxy-user|--creds|--auth|--login|--basic|-auth|-a)[ \t=]{1,3}(["'`]?)([^\s"'`:/@<>$]{1,64})[:%](?!\/\/|\d{1,5}(?![^\s"'`]))([^\s"'`]+)/g;

/** `-u user:password`. */
const accounts: Rule = (text) =>
  findMatches(text, ACCOUNT, (match) => lastOf(text, match, match[3]!, match[1]!));

/** By program, the option that takes a password. */
const PROGRAM = new RegExp(
  `(?<![\\w./-])(?:${[
    String.raw`(?:sshpass|7z|rar|unrar)\b[^\r\n|;]{0,200}?\s-p[ \t]{0,2}`,
    String.raw`(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump)\b[^\r\n|;]{0,200}?\s-p`,
    String.raw`(?:docker|podman|helm|nerdctl|buildah|skopeo|oras|az|oc|cf|twine|ibmcloud)\b[^\r\n|;]{0,200}?\slogin\b[^\r\n|;]{0,200}?\s-p[ \t]{1,2}`,
    String.raw`(?:mongo|mongosh|mongodump|mongorestore|cqlsh|psexec|twine|influx)\b[^\r\n|;]{0,200}?\s-p[ \t]{0,2}`,
    String.raw`redis-cli\b[^\r\n|;]{0,200}?\s-a[ \t]{1,2}`,
    String.raw`(?:sqlcmd|bcp|isql|mosquitto_pub|mosquitto_sub|zip|unzip)\b[^\r\n|;]{0,200}?\s-P[ \t]{0,2}`,
    String.raw`ldap(?:search|add|modify|passwd|whoami|delete)\b[^\r\n|;]{0,200}?\s-w[ \t]{0,2}`,
    String.raw`openssl\b[^\r\n|;]{0,200}?\s(?:-pass(?:in|out)?[ \t]{1,2}pass:|-k[ \t]{1,2})`,
    String.raw`x?freerdp\b[^\r\n|;]{0,200}?\s/p:`,
    String.raw`htpasswd\b[ \t]{1,2}-\w{0,4}b\w{0,4}[ \t]{1,2}\S{1,80}[ \t]{1,2}\S{1,80}[ \t]{1,2}`,
    String.raw`net[ \t]{1,2}use\b[^\r\n|;]{0,200}?/user:\S{1,80}[ \t]{1,2}`,
    String.raw`net[ \t]{1,2}user[ \t]{1,2}\S{1,80}[ \t]{1,2}(?=\S{6})`,
    String.raw`(?:echo|printf)[ \t]{1,2}(?=["']?[^\s"'|]{4,100}["']?[ \t]{0,2}\|[ \t]{0,2}(?:sudo[ \t]{1,2}(?:-\w[ \t]{1,2})?-S|\S{1,20}[ \t]{1,2}login|gpg))`,
    String.raw`(?:echo|printf)[ \t]{1,2}["']?\w{1,32}:(?=[^\s|]{4,100}[ \t]{0,2}\|[ \t]{0,2}(?:sudo[ \t]{1,2})?chpasswd)`,
    'ConvertTo-SecureString[ \\t]{1,2}(?:-String[ \\t]{1,2})?',
  ].join('|')})(["'\`]?)([^\\s"'\`-][^\\s"'\`|]*)`,
  'g',
);

const programs: Rule = (text) =>
  findMatches(text, PROGRAM, (match) => lastOf(text, match, match[2]!, match[1]!));

const STATEMENT =
  /\b(?:IDENTIFIED(?:\s{1,4}WITH\s{1,4}\S{1,40})?\s{1,4}BY|(?:PASSWORD|SECRET)(?:\s{1,4}FOR\s{1,4}\S{1,60})?)(?:\s{0,4}=\s{0,4}|\s{1,4})(?:PASSWORD\s{0,2}\(\s{0,2})?(['"])(?=[^'"\r\n]{1,200}['"])([^'"\r\n]+)/gi;

/** `IDENTIFIED BY 'x'`, `PASSWORD 'x'`. */
const statements: Rule = (text) =>
  findMatches(text, STATEMENT, (match) => lastOf(text, match, match[2]!, match[1]!));

/** `.netrc`, `.pgpass` and `/etc/shadow`. */
const NETRC = /\blogin\s{1,4}\S{1,100}\s{1,4}password\s{1,4}()(\S+)/g;
const PGPASS =
  /(?<![^\s"'`])[\w.*-]{1,100}:(?:\d{2,5}|\*):[A-Za-z_*][\w*-]{0,60}:[A-Za-z_*][\w.*-]{0,60}:()([^\s"'`]+)/g;

const files: Rule = (text) =>
  inOrder(
    [NETRC, PGPASS].flatMap((pattern) =>
      findMatches(text, pattern, (match) => lastOf(text, match, match[2]!, '')),
    ),
  );

/** A compound name of a secret, and a value behind it without any sign between them. */
const SPACED =
  /(?<![\w-])(_?[A-Za-z]{2,20}[_-][\w-]{1,40}|_?[a-z]{2,20}[A-Z]\w{2,40})[ \t]{1,8}["']?([\w+/=.~-]{16,128})/g;

const spaced: Rule = (text) =>
  findMatches(text, SPACED, (match) =>
    isSensitiveKey(match[1]!) && looksRandom(match[2]!) ? lastOf(text, match, match[2]!, '') : undefined,
  );

/** All of these; they are looked for where there is a sign of one. */
export const COMMAND_RULES: readonly Rule[] = [
  spaced,
  (text) => (/[ \t]-|[ \t"']\/\w|\["-/.test(text) || text.startsWith('-') ? options(text, text) : []),
  (text) => (/\s-{1,2}\w/.test(text) ? accounts(text, text) : []),
  (text) =>
    / -[pPakwb]|-pass|\/p:|\/user:|SecureString|echo |printf |net /.test(text) ? programs(text, text) : [],
  (text) => (/identified|password|secret/i.test(text) ? statements(text, text) : []),
  (text) => (/login\s|:\d{2,5}:|:\*:/.test(text) ? files(text, text) : []),
];

function lastOf(text: string, match: RegExpExecArray, value: string, quote: string): Found | undefined {
  const start = match.index + match[0].length - value.length;
  let end = start + value.length;
  if (quote !== '') {
    const close = text.indexOf(quote, start);
    end = close < 0 || close - start > 200 ? end : close;
  }
  const shown = text.slice(start, end);
  if (shown.startsWith('[REDACTED') || isPlaceholder(shown)) return undefined;
  return { start, end, replacement: REDACTED };
}

/** Whether `value`, behind the item `before` of a list of arguments or of names, is a secret. */
export function isArgumentOf(before: string, value: string): boolean {
  const option = /^--?([A-Za-z][\w-]{1,40})$/.exec(before);
  if (option !== null) return isSensitiveKey(option[1]!) && !value.startsWith('-') && !isPlaceholder(value);
  return isSensitiveKey(before) && looksLikePassword(value);
}
