/** Draws letters and digits as issuers do, from a seed: no file holds what a scanner takes for a real key. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  from(alphabet: string, length: number): string {
    let text = '';
    while (text.length < length) {
      // A linear congruential generator: the same on every machine.
      this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
      text += alphabet[(this.#state >>> 8) % alphabet.length];
    }
    return text;
  }

  digits(length: number): string {
    return this.from('1234567890', length);
  }

  hex(length: number): string {
    return this.from('0123456789abcdef', length);
  }

  lower(length: number): string {
    return this.from('abcdefghijklmnopqrstuvwxyz0123456789', length);
  }

  upper(length: number): string {
    return this.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', length);
  }

  alnum(length: number): string {
    return this.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', length);
  }

  base64(length: number): string {
    return this.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', length);
  }

  base64Url(length: number): string {
    return this.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', length);
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.hex(length)).join('-');
  }

  /** A password as people and managers make them. */
  password(): string {
    return `${this.from('BCDFGHKMNPRSTVWZ', 1)}${this.from('aeiou', 1)}${this.lower(5)}${this.from('!*^~', 1)}${this.digits(2)}`;
  }
}

/** One secret: what it is, what must not be seen, and the text or value that it stands in. */
export type SecretSample = readonly [kind: string, secret: string, carrier: unknown];

/** The text in base64, as credentials are sent. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
