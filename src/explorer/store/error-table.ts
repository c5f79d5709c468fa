import { OTHER } from '../../sdk/signals/semconv.ts';
import { errorKind } from '../sessions/error-kind.ts';
import { errorText } from '../sessions/error-text.ts';
import { ABSENT, Interner, OTHERS } from './interner.ts';

/** Of the text of one error; a longer one is cut. */
const MAX_TEXT = 300;
/** Texts as they were said, and characters of all of them. */
const [MAX_SAID, MAX_SAID_LENGTH] = [20_000, 3e6];
/** Texts of all kinds. Behind them is room for each type alone: a column tells 65,536 apart. */
const MAX_TEXTS = 50_000;

/** What an error is, and says. */
interface KnownError {
  /** Number in {@link ErrorTable.types}. */
  readonly type: number;
  /** What is shown of it, in lower case: as it was said or, where there are too many, without what varies. */
  readonly text: string;
  /** Number in {@link ErrorTable.kinds}. */
  readonly kind: number;
}

const NO_ERROR: KnownError = { type: ABSENT, text: '', kind: ABSENT };

/**
 * Gives errors numbers, so that a column holds them. Bounded: where there are too many different texts, those of one kind
 * have one number.
 */
export class ErrorTable {
  readonly types = new Interner({ texts: 10_000, length: 256, total: 1e6 });
  /** Texts without what varies: see `errorKind`. */
  readonly kinds = new Interner({ texts: 10_000, length: MAX_TEXT, total: 2e6 });
  readonly #numbers = new Map<string, number>();
  readonly #errors: KnownError[] = [NO_ERROR];
  #said = 0;
  #saidLength = 0;

  /** How many numbers there are. */
  get size(): number {
    return this.#errors.length;
  }

  get(number: number): KnownError {
    return this.#errors[number] ?? NO_ERROR;
  }

  /** @param said - what the error says; absent where it says nothing, or is none */
  numberOf(typeText: string | undefined, said: string | undefined): number {
    if (typeText === undefined && said === undefined) return ABSENT;
    const type = this.types.numberOf(typeText);
    if (said === undefined || said === '') return this.#numberOf(type, undefined, ABSENT);
    const text = said.length > MAX_TEXT ? said.slice(0, MAX_TEXT) : said;
    const known = this.#find(type, this.#shown(type, text));
    if (known !== undefined) return known;
    const kind = errorKind(text);
    const number = this.kinds.numberOf(kind);
    if (this.#said >= MAX_SAID || this.#saidLength + text.length > MAX_SAID_LENGTH)
      return this.#numberOf(type, number === OTHERS ? OTHER : kind, number);
    this.#said += 1;
    this.#saidLength += text.length;
    return this.#numberOf(type, text, number);
  }

  #numberOf(type: number, said: string | undefined, kind: number): number {
    const text = this.#shown(type, said);
    const known = this.#find(type, text);
    if (known !== undefined) return known;
    const number = this.#errors.length;
    if (said !== undefined && number >= MAX_TEXTS) return this.#numberOf(type, undefined, ABSENT);
    this.#numbers.set(this.#numbers.has(text) ? keyOf(type, text) : text, number);
    this.#errors.push({ type, text, kind });
    return number;
  }

  /** Nearly always, the text tells the type too. */
  #find(type: number, text: string): number | undefined {
    const number = this.#numbers.get(text);
    if (number === undefined || this.#errors[number]!.type === type) return number;
    return this.#numbers.get(keyOf(type, text));
  }

  #shown(type: number, said: string | undefined): string {
    return (errorText(this.types.textOf(type), said) ?? '').toLowerCase();
  }
}

function keyOf(type: number, text: string): string {
  return `${text}\0${type}`;
}
