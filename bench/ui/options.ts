import { parseArgs } from 'node:util';

export interface Options {
  readonly spans: number;
  readonly sessions: number;
  /** Times that the plain pass and the opening get their turns; the best of each counts. */
  readonly rounds: number;
  /** Times that each question is asked. */
  readonly asks: number;
  /** Spans that are sent to the receiver, in each encoding. */
  readonly sent: number;
  /** What the limits of time are multiplied by: much of a short run is code that is not compiled yet. */
  readonly slack: number;
}

const FULL: Options = { spans: 1_000_000, sessions: 20_000, rounds: 2, asks: 200, sent: 100_000, slack: 1 };
const SHORT: Options = { spans: 50_000, sessions: 1_000, rounds: 4, asks: 50, sent: 10_000, slack: 2 };

export const HELP = `Usage: npm run bench:ui -- [options]

Writes a recording and measures what the Sessions page makes of it: how long it takes to open, what it keeps in memory,
how long the API takes to answer, how fast OTLP is received. Prints ratios to a plain pass over the same files (each
line read and parsed), in the same run; exits with 1 where a target is missed.

Options:
  --spans N      spans of the recording (default: ${FULL.spans})
  --sessions N   sessions of the recording (default: ${FULL.sessions})
  --short        ${SHORT.spans} spans, ${SHORT.sessions} sessions: to see that everything runs; time may be ${SHORT.slack} x as long
  -h, --help     print this help
`;

/** @returns `undefined` where only the help was asked for. Throws for what it does not understand. */
export function readOptions(args: string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args,
    options: { spans: text, sessions: text, short: flag, help: { ...flag, short: 'h' } },
  });
  if (values.help === true) return undefined;
  const preset = values.short === true ? SHORT : FULL;
  return {
    ...preset,
    spans: wholeNumber('spans', values.spans, preset.spans),
    sessions: wholeNumber('sessions', values.sessions, preset.sessions),
  };
}

function wholeNumber(name: string, text: string | undefined, preset: number): number {
  const number = text === undefined ? preset : Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new TypeError(`--${name} takes a whole number above 0, not "${text}"`);
}
