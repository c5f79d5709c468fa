import { type Found, findMatches, inOrder, REDACTED, type Rule } from './found.ts';
import { isPlaceholder, isReference, isSentence, looksLikePassword } from './values.ts';

/** Secrets that a sentence tells, in English and in other languages. */

/** What a secret is called, where an English sentence speaks of one. */
const CALLED = String.raw`(?:pass(?:word|wd|code|phrase)?|pwd|pin|secret|token|(?:api|access|secret|private|license|encryption)[ -]?key|credentials?)`;
const LINK = String.raw`(?:\s{1,2}(?:is|was|are|of|will be|set to|changed to|as)|\s{0,2}[:=]|\s{0,2}->)`;

const TOLD = new RegExp(
  String.raw`(?<![\w-])(${CALLED})(?:\s{1,2}(?:for|of|to)\s{1,2}[\w@.-]{1,40})?(${LINK}?)\s{1,2}(["'“‘«\x60]?)([^\s"'“”‘’«»\x60]{4,128})`,
  'gi',
);

/** `my password is x`, `the password x`. */
const told: Rule = (text) =>
  findMatches(text, TOLD, (match) => {
    const [, called, link, quote, word] = match as unknown as [string, string, string, string, string];
    const value = trimmed(word);
    const isPin = /pin|code/i.test(called) && link !== '' && /^\d{4,8}$/.test(value);
    const isWord = quote === '' && link !== '' && /^passw/i.test(called) && isLastWord(match, word, value);
    if (isWord) return lastWord(match, word, value);
    if (!isPin && (!looksLikePassword(value) || (link === '' && quote === '' && !isMixed(value))))
      return undefined;
    return lastWord(match, word, value);
  });

const CODE =
  /\b(?:(?:verification|security|one[- ]?time|login|log-?in|sign-?in|auth(?:entication|orization)?|access|confirmation|activation|recovery|backup|2fa|mfa|otp|sms|tan)[- ]{0,1}(?:code|pin|password|passcode|token)|otp|tan|passcode|your(?:\s\w{1,20}){0,2}\scode)(?:\s{1,2}(?:is|was)|\s{0,2}[:=])?\s{1,2}["'“]?((?:[A-Z]-)?\d{4,8}|\d{3}[- ]\d{3}|[A-Z\d]{4}-[A-Z\d]{4}(?:-[A-Z\d]{4})*)(?![\w-])/gi;
const CODE_FIRST =
  /(?<![\w-])((?:[A-Z]-)?\d{4,8}|\d{3}[- ]\d{3})(?=\s{1,2}is\s{1,2}your\b[^.\r\n]{0,40}\b(?:code|pin|password|otp)\b)/gi;
const SOCIAL =
  /\b(?:ssn|social[- ]security(?:[- ](?:number|no\.?|#))?|sin|tax[- ]?id|national[- ]id)(?:\s{1,2}(?:is|was|no\.?|number)|\s{0,2}[:=#]){0,2}\s{0,2}(\d{3}[- .]?\d{2}[- .]?\d{4})(?!\d)/gi;
const SEED =
  /\b(?:seed|recovery|mnemonic|backup|wallet)(?:[ -](?:phrase|words?|seed)){0,2}(?:\s{1,2}is|\s{0,2}[:=])\s{0,4}["'“]?((?:[a-z]{3,8}[ ,]{1,2}){11,23}[a-z]{3,8})/gi;

const codes: Rule = (text) =>
  inOrder(
    [CODE, CODE_FIRST, SOCIAL, SEED].flatMap((pattern) =>
      findMatches(text, pattern, (match) => lastWord(match, match[1]!, match[1]!)),
    ),
  );

/** The words of other languages for a password, in the forms that sentences use. */
const WORDS = [
  'pass(?:wort|wörter)|kennwort|geheimzahl|zugangscode|contraseña|contrasena|clave(?: secreta)?|mot de passe|mdp|code secret|senha|palavra[- ]passe',
  'parola(?: chiave| d.ordine)?|parolă|wachtwoord|lösenord|losenord|adgangskode|passord|salasana|lykilorð|hasło|haslo|heslo|jelszó|jelszo|lozinka',
  'zaporka|geslo|slaptažodis|parole|parool|şifre(?:si|niz)?|sifre|пароль|пароля|лозинка|парола|κωδικός(?: πρόσβασης)?|סיסמה|סיסמא|كلمة المرور|كلمة السر',
  'رمز عبور|گذرواژه|पासवर्ड|รหัสผ่าน|mật khẩu|kata sandi|密码|密碼|口令|密钥|パスワード|暗証番号|合言葉|비밀번호|패스워드|암호',
].join('|');
const IS = 'ist|lautet|est|es|é|è|era|is|är|er|on|to|jest|je|là|adalah|είναι|это|هي|هو|是|为|為|は|が|는|은';

const FOREIGN = new RegExp(
  String.raw`(?:${WORDS})["'»”」』]?(?:\s{0,3}([:=])\s{0,3}|\s{0,2}(?:${IS})?\s{0,2})["'“”„「『«\x60]?([^\s"'”」』»\x60]{3,128})`,
  'giu',
);

const foreign: Rule = (text) =>
  findMatches(text, FOREIGN, (match) => {
    const value = trimmed(match[2]!);
    const isGiven =
      match[1] === undefined ? looksLikePassword(value) : !isPlaceholder(value) && !isReference(value);
    const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 64);
    // What has no letter or digit of ASCII is no password, but a word about one.
    if (!/[A-Za-z\d]/.test(value)) return undefined;
    // A word and more words are a sentence.
    const isWord = /^[a-z]+$/i.test(value) && /^[,.]? +\p{L}/u.test(rest);
    return isGiven && !isWord && !isSentence(value) ? lastWord(match, match[2]!, value) : undefined;
  });

const FOREIGN_SIGN =
  /[^ -~\s]|wort|contrase|clave|passe|mdp|senha|parol|wacht|losenord|kode|passord|salasana|has[lł]o|heslo|jelszo|lozinka|zaporka|geslo|sifre|matkhau|sandi/i;
const ENGLISH_SIGN = /pass|pwd|pin\b|secret|token|key\b|credential/i;
const CODE_SIGN = /code|otp|tan\b|pin\b|ssn|social|tax|national|sin\b|seed|recovery|mnemonic|wallet/i;

export const SENTENCE_RULES: readonly Rule[] = [
  (text) => (CODE_SIGN.test(text) ? codes(text, text) : []),
  (text) => (FOREIGN_SIGN.test(text) ? foreign(text, text) : []),
  (text) => (ENGLISH_SIGN.test(text) ? told(text, text) : []),
];

function lastWord(match: RegExpExecArray, word: string, value: string): Found | undefined {
  if (value.startsWith('[REDACTED')) return undefined;
  const start = match.index + match[0].length - word.length;
  return { start, end: start + value.length, replacement: REDACTED };
}

/** Without what ends a sentence. */
function trimmed(word: string): string {
  return word.replace(/[.,;:!?)\]}"'`]+$/, (end) => (/^[!?]+$/.test(end) && word.length < 12 ? end : ''));
}

/** What says how a password is, rather than which. */
const QUALITY =
  /^(?:.*(?:ed|ing|able|ible|al|ive|ous|ic|ly|ful|less|en)|correct|present|absent|unknown|identical|secure|insecure|strong|simple|complex|unique|similar|common|public|private|random|plaintext|needed|obsolete|different|incomplete|above|below|nothing|something|everything|secret|safe|weak|short|long|old|new|here|there|fine|good|okay|right|yours|mine|same|what|where|when|case.*)$/i;

/** Whether a plain word ends the sentence, and is no word about passwords. */
function isLastWord(match: RegExpExecArray, word: string, value: string): boolean {
  if (!/^[a-z][\w-]{4,}$/i.test(value) || QUALITY.test(value) || isPlaceholder(value)) return false;
  const rest = match.input.slice(match.index + match[0].length - (word.length - value.length));
  return /^[.!]?\s*(?:$|[\r\n])/.test(rest.slice(0, 16));
}

/** Letters of both cases, or a letter and a sign, with a digit: no name of a thing. */
function isMixed(value: string): boolean {
  return /\d/.test(value) && (/[!@#$%^&*~]/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value)));
}
