/** Bits that a text must seem to hold; a UUID holds 122. */
const MIN_BITS = 64;
/** The end is read: JSON Web Tokens begin alike, and end with their signature. */
const MAX_READ = 128;
/** What a character of a word, a date or a count adds; English has about one bit a letter. */
const BITS_OF_PLAIN = 1;
const MIN_WORD = 4;
const MIN_COUNT = 6;
/** What is written changes seldom between letters and digits; what is drawn does so all the time. */
const MANY_RUNS = 6;
const SHORT_RUNS = 5;

const RANDOM_UUID = /[\da-f]{8}-[\da-f]{4}-[47][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}/i;
/** A UUID of fewer distinct digits is one that somebody wrote. */
const MIN_DISTINCT = 8;

const SEGMENTS = /[A-Za-z\d]+/g;
const RUNS = /[A-Z]?[a-z]+|[A-Z]+|\d+/g;
/** `session`, `42`, `session42`, `v2`. */
const PLAIN = /^[A-Z]*[a-z]*\d*$/;

/**
 * Whether `text` was most likely drawn at random, so that nobody has the same one by chance, nor can guess it. Words,
 * counters, dates, addresses and what is made of them are not. In doubt it is not: that costs no more than an id of our
 * own. Does bounded work.
 */
export function isDrawnAtRandom(text: string): boolean {
  const read = text.slice(-MAX_READ);
  const uuid = RANDOM_UUID.exec(read)?.[0];
  if (uuid !== undefined) return new Set(uuid.toLowerCase()).size > MIN_DISTINCT;
  const each = bitsPerCharacter(read);
  let bits = 0;
  for (const [segment] of read.matchAll(SEGMENTS)) bits += bitsOf(segment, each);
  return bits >= MIN_BITS;
}

function bitsOf(segment: string, drawn: number): number {
  const isPlain = PLAIN.test(segment);
  const runs = segment.match(RUNS) ?? [];
  const isMixed = /\d/.test(segment) && runs.length >= MANY_RUNS && segment.length < runs.length * SHORT_RUNS;
  let bits = 0;
  for (const run of runs) {
    const each = isPlain || (!isMixed && (isWord(run) || isCount(run))) ? BITS_OF_PLAIN : drawn;
    for (let i = 0; i < run.length; i += 1) {
      // `aaaa`, `0000` and `1234` say no more than their first character.
      const step = i === 0 ? undefined : run.charCodeAt(i) - run.charCodeAt(i - 1);
      if (step !== 0 && step !== 1) bits += each;
    }
  }
  return bits;
}

/** What a character holds if it was drawn from those of its kind. */
function bitsPerCharacter(text: string): number {
  if (!/[g-z]/i.test(text)) return 4;
  return /[a-z]/.test(text) && /[A-Z]/.test(text) ? Math.log2(62) : 5;
}

/** Every third letter of a word, or more, is a vowel, and hardly two of three. */
function isWord(run: string): boolean {
  if (run.length < MIN_WORD) return false;
  const vowels = run.match(/[aeiouy]/gi)?.length ?? 0;
  return vowels >= run.length * 0.25 && vowels <= run.length * 0.67;
}

function isCount(run: string): boolean {
  return run.length >= MIN_COUNT && /^\d/.test(run);
}
