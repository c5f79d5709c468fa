import type { CliIo } from '../io.ts';

/** The few ways in which text is set off. */
export type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Sets text off, or leaves it as it is. */
export type Style = (text: string, paint: Paint | undefined) => string;

// A table of our own: util.styleText is missing in Node 20.6, the oldest that is supported.
const CODES: Readonly<Record<Paint, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};

/** Colour on a terminal only; `FORCE_COLOR` and `NO_COLOR` decide before that, in this order, as in Node. */
export function createStyle(io: Pick<CliIo, 'env' | 'isTTY'>): Style {
  if (!usesColor(io)) return (text) => text;
  return (text, paint) => {
    if (paint === undefined || text === '') return text;
    const [on, off] = CODES[paint];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  };
}

function usesColor({ env, isTTY }: Pick<CliIo, 'env' | 'isTTY'>): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  return isTTY && env['TERM'] !== 'dumb';
}
