import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run test:stack -- [options]

Starts a real Collector, ClickHouse's engine, Prometheus and Jaeger on free ports, sends real MCP clients to
instrumented servers, and compares what every panel of the dashboards for ClickHouse shows, and what Jaeger's API
answers, with what the clients did. Builds the programs of the stack where they are missing (npm run stack:install does
that alone). npm test evaluates the dashboards for Tempo from answers that a real Tempo gave on 2026-11-21.

  --sessions <n>  short sessions besides one of every kind (default: 200)
  --keep          leave the stack and the clients running until Ctrl-C, and say where
  --record        write the answers to test/dashboards/recorded/clickhouse, for npm test; with few sessions
  --help          this text
`;

export interface Options {
  sessions: number;
  keep: boolean;
  record: boolean;
}

/** Few, so that the recording stays small. */
const RECORDED_SESSIONS = 8;

/** @returns nothing where help was asked for. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      sessions: { type: 'string' },
      keep: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  const { keep, record } = values;
  const sessions = Number(values.sessions ?? (record ? RECORDED_SESSIONS : 200));
  if (!Number.isInteger(sessions) || sessions < 2 || sessions > 900) {
    throw new TypeError('--sessions takes a whole number from 2 to 900');
  }
  return { sessions, keep, record };
}
