import { parseArgs } from 'node:util';

export interface Options {
  /** New processes of the bare server, the floors and this package. */
  rounds: number;
  /** Of the peers: the targets are about the others. */
  peerRounds: number;
  /** Turns that each process of a round takes after the warm-up. */
  turns: number;
  /** Turns before, in the same rhythm: until the code that only this rhythm runs is compiled. */
  warmUpTurns: number;
  /** Parts of a turn, between which the processes alternate: a machine changes its speed within a second. */
  slices: number;
  /** In one turn. */
  flatOutCalls: number;
  pacedCalls: number;
  ratePerSecond: number;
  importRounds: number;
  idleRounds: number;
  idleSessions: number;
  /** Whether the installed size of the peers is found out too. */
  peerSizes: boolean;
}

const FULL: Options = {
  rounds: 7,
  peerRounds: 1,
  turns: 16,
  warmUpTurns: 4,
  slices: 10,
  flatOutCalls: 5_000,
  pacedCalls: 2_000,
  ratePerSecond: 2_000,
  importRounds: 11,
  idleRounds: 3,
  idleSessions: 10_000,
  peerSizes: true,
};

/** Enough to see that everything runs; its numbers are worth nothing. */
const QUICK: Options = {
  ...FULL,
  rounds: 1,
  peerRounds: 1,
  turns: 2,
  warmUpTurns: 1,
  flatOutCalls: 4_000,
  pacedCalls: 1_000,
  importRounds: 3,
  idleRounds: 1,
  idleSessions: 1_000,
  peerSizes: false,
};

export const USAGE = `Usage: npm run bench -- [options]

Compares what a recorded call costs: a bare server, a recording written by hand (the floor), this package, and four
other packages, and of clients a floor and this package, in child processes that take turns. Prints ratios to the floor; exits with 1 where a target is missed.

  --quick       one short round, to see that everything runs
  --rounds <n>  times that the bare server, the floors and this package are started anew (default: ${FULL.rounds})
  --help        this text
`;

/** @returns `undefined` where only the usage was asked for. Throws for an unknown option. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean' },
      rounds: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  const options = values.quick === true ? QUICK : FULL;
  if (values.rounds === undefined) return options;
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError('--rounds takes a whole number above 0');
  return { ...options, rounds };
}
