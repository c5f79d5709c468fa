import { type Found, findMatches, type Rule, wholeMatch } from './found.ts';

/** Issuer prefixes with the lengths that go with them, so that few of the numbers that pass Luhn are taken. */
const ISSUED = new RegExp(
  `^(?:${[
    '4(?:\\d{12}|\\d{15}|\\d{18})', // Visa
    '5[1-5]\\d{14}|2(?:22[1-9]|2[3-9]\\d|[3-6]\\d\\d|7[01]\\d|720)\\d{12}', // Mastercard
    '3[47]\\d{13}', // American Express
    '3(?:0[0-5]|09|[689]\\d)\\d{11}(?:\\d{2,5})?', // Diners Club
    '(?:6011|64[4-9]\\d|65\\d\\d|62\\d\\d)\\d{12,15}', // Discover, UnionPay
    '35(?:2[89]|[3-8]\\d)\\d{12,15}', // JCB
    '220[0-4]\\d{12,15}', // Mir
    '(?:60|8[12])\\d{14}', // RuPay
    '(?:5018|5020|5038|5893|6304|6759|676[1-3])\\d{9,15}', // Maestro
  ].join('|')})$`,
);

/** The first digit of a group that an issuer may start with; not the fraction of a decimal number. */
const CARD_START = /(?<!\d)(?<!\d\.)[2-68]/g;

const MAX_CARD_DIGITS = 19;

/** Card numbers: 13 to 19 digits, plain or in groups, with a known issuer and a valid check digit. */
export const cardNumbers: Rule = (text) => {
  if (!/\d{3}/.test(text)) return [];
  return findMatches(text, CARD_START, ({ index: start }): Found | undefined => {
    const end = cardEnd(text, start);
    return end < 0 ? undefined : { start, end, replacement: '[REDACTED:card]' };
  });
};

/** The longest card number from `start` that ends with a group of digits, or -1. */
function cardEnd(text: string, start: number): number {
  let digits = '';
  let group = 0;
  let end = -1;
  for (let at = start; digits.length <= MAX_CARD_DIGITS; at++) {
    if (isDigit(text.charCodeAt(at))) {
      digits += text[at];
      group++;
      continue;
    }
    if (digits.length >= 13 && passesLuhn(digits) && ISSUED.test(digits)) end = at;
    // Only the last group of a printed card number is shorter than three: a list of small numbers is not one.
    if (group < 3 || !isCardSeparator(text.charCodeAt(at))) break;
    if (!isDigit(text.charCodeAt(at + 1))) {
      // Two or three: ` - ` and the like.
      const gap = /[ \t-]{2,3}(?=\d)/y;
      gap.lastIndex = at;
      if (!gap.test(text)) break;
      at = gap.lastIndex - 1;
    }
    group = 0;
  }
  return end;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at--, double = !double) {
    const digit = (digits.charCodeAt(at) - 0x30) * (double ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** In ranges that are issued, with the dashes that are printed: any nine digits can be anything. */
const SOCIAL_SECURITY = /(?<![\w.-])(?!000|666|9\d\d)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-]|\.\d)/g;

export const socialSecurityNumbers: Rule = (text) =>
  findMatches(text, SOCIAL_SECURITY, (match) => wholeMatch(match, '[REDACTED:ssn]'));

/** Country and length, from the SWIFT registry. */
const IBAN_LENGTHS = new Map(
  (
    'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18' +
    'FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27' +
    'MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27' +
    'SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30'
  )
    .match(/.{4}/g)!
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const IBAN_START = /(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt])|(?<=%[0-9A-Fa-f]{2}))[A-Za-z]{2}[ -]?\d\d/g;

/** IBANs of a known country and length whose check digits are right, plain or in groups. */
export const ibans: Rule = (text) =>
  findMatches(text, IBAN_START, (match): Found | undefined => {
    const end = ibanEnd(text, match.index);
    return end < 0 ? undefined : { start: match.index, end, replacement: '[REDACTED:iban]' };
  });

function ibanEnd(text: string, start: number): number {
  const country = text.slice(start, start + 2);
  const length = IBAN_LENGTHS.get(country.toUpperCase());
  if (length === undefined) return -1;
  // Words of a sentence also follow one another with single spaces, so groups count in upper case only.
  const isGrouped = country === country.toUpperCase();
  let code = '';
  let at = start;
  for (let wasSeparator = true; code.length < length; at++) {
    const unit = text.charCodeAt(at);
    if (isDigit(unit) || isUpper(unit) || (!isGrouped && isLower(unit))) {
      code += text[at];
      wasSeparator = false;
    } else if (isGrouped && !wasSeparator && isSeparator(unit)) wasSeparator = true;
    else return -1;
  }
  const next = text.charCodeAt(at);
  const goesOn = isDigit(next) || isUpper(next) || isLower(next);
  return !goesOn && passesMod97(code.toUpperCase()) ? at : -1;
}

function passesMod97(code: string): boolean {
  let rest = 0;
  for (const character of code.slice(4) + code.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function isUpper(unit: number): boolean {
  return unit >= 0x41 && unit <= 0x5a;
}

function isLower(unit: number): boolean {
  return unit >= 0x61 && unit <= 0x7a;
}

/** Of a card number, also dots, strokes and tabs. */
function isCardSeparator(unit: number): boolean {
  return (
    isSeparator(unit) || unit === 0x2e || unit === 0x2f || unit === 0x5f || unit === 0x09 || unit === 0xb7
  );
}

/** Spaces and dashes, the unbreakable ones and the Unicode hyphens too. */
function isSeparator(unit: number): boolean {
  const isAscii = unit === 0x20 || unit === 0x2d;
  return isAscii || unit === 0xa0 || unit === 0x202f || (unit >= 0x2010 && unit <= 0x2013);
}
