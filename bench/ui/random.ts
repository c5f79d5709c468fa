/** Numbers that look random and are the same in every run. */
export interface Random {
  /** A whole number from 0 up to, but not including, the limit. */
  below(limit: number): number;
  /** From 0 to 1. */
  share(): number;
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
  of<T>(items: readonly T[]): T;
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  /** Marsaglia's xorshift. */
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const share = (): number => next() / 2 ** 32;
  const below = (limit: number): number => Math.floor(share() * limit);
  return {
    below,
    share,
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += next().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
    of: (items) => items[below(items.length)] as (typeof items)[number],
  };
}
