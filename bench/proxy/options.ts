import { parseArgs } from 'node:util';

export interface Options {
  /** New processes of every subject. */
  readonly rounds: number;
  /** Turns that each subject takes in a round, after those for warming up. */
  readonly turns: number;
  readonly warmUpTurns: number;
  /** In one turn, one after the other. */
  readonly calls: number;
  /** Then, in the same turn, as many as can be of each tool, {@link atOnce} at a time, for so long. */
  readonly flatOutMs: number;
  readonly atOnce: number;
}

const FULL: Options = { rounds: 7, turns: 6, warmUpTurns: 6, calls: 500, flatOutMs: 300, atOnce: 16 };
const SHORT: Options = { ...FULL, rounds: 1, turns: 2 };

export const USAGE = `Usage: npm run bench:proxy -- [options]

What mcp-sessionscope run and proxy add to a call: over a server that is called directly, beside mcp-proxy and supergateway
from npm, which turn stdio into HTTP. All take turns. Prints what they add, and ratios to the direct call in the same rounds;
exits with 1 where a target is missed. Needs Linux, which tells the processor time of other processes.

  --rounds <n>  times that everything is started anew (default: ${FULL.rounds})
  --short       one short round, to see that everything runs: its numbers are worth little
  --help        this text
`;

/** @returns `undefined` where only the usage was asked for. Throws a `TypeError` for what it does not understand. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string' },
      short: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  const preset = values.short === true ? SHORT : FULL;
  const rounds = Number(values.rounds ?? preset.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new TypeError(`--rounds takes a whole number above 0, not ${JSON.stringify(values.rounds)}`);
  return { ...preset, rounds };
}
