import { parseArgs } from 'node:util';

export interface Options {
  readonly spans: number;
  readonly sessions: number;
  /** Times that every query is asked. */
  readonly rounds: number;
}

const FULL: Options = { spans: 1_000_000, sessions: 20_000, rounds: 20 };
const SHORT: Options = { spans: 100_000, sessions: 2_000, rounds: 3 };

export const USAGE = `Usage: npm run bench:store -- [options]

Fills ClickHouse with spans and asks what the panels of the dashboards ask, over all of it: how long it takes, and how many
rows are read. Prints ratios to a full scan in the same rounds; exits with 1 where a target is missed. The engine comes
from npm run stack:install.

  --spans <n>     spans in the table (default: ${FULL.spans})
  --sessions <n>  sessions that they belong to (default: ${FULL.sessions})
  --rounds <n>    times that every query is asked (default: ${FULL.rounds})
  --short         ${SHORT.spans} spans, ${SHORT.sessions} sessions, ${SHORT.rounds} rounds: judges what is read, not how long it takes
  --help          this text
`;

/** @returns `undefined` where only the usage was asked for. Throws a `TypeError` for what it does not understand. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      spans: { type: 'string' },
      sessions: { type: 'string' },
      rounds: { type: 'string' },
      short: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  const preset = values.short === true ? SHORT : FULL;
  const number = (name: keyof Options): number => {
    const found = Number(values[name] ?? preset[name]);
    if (Number.isInteger(found) && found >= 1) return found;
    throw new TypeError(`--${name} takes a whole number above 0, not ${JSON.stringify(values[name])}`);
  };
  return { spans: number('spans'), sessions: number('sessions'), rounds: number('rounds') };
}
