import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = `Usage: tsx tools/stack/clickhouse/main.ts --engine DIR --data DIR --port N [options]

ClickHouse's HTTP protocol in front of ClickHouse's engine (the npm package chdb), on 127.0.0.1: as much of it as the
OpenTelemetry Collector's clickhouseexporter, the checks of this repository and a person with curl need.

  --engine DIR   the folder whose node_modules has chdb; npm run stack:install makes one
  --data DIR     keeps the database here; one server at a time
  --port N       listens here; 0 takes any free port, and says which
  --schema FILE  runs the statements of this file first; each start does, so they say IF NOT EXISTS
  -h, --help     print this help

Users, passwords and X-ClickHouse-User are taken and not looked at: whoever reaches the port may do what the user of this
program may, and read and write files by SQL. Pages of the web may not. GET changes nothing and writes no file; INTO OUTFILE is
always refused. No sessions, no lz4 or zstd (set the exporter's compress to none or gzip), no native protocol. An answer is
held in memory until it is whole. How many rows a query read is in X-ClickHouse-Summary where its format is one of JSON's
with statistics, or XML.

SIGTERM and Ctrl-C end it in order: what runs is answered first.
`;

export interface Options {
  engine: string;
  data: string;
  port: number;
  schema: string | undefined;
}

/** The user's mistake. */
export class UsageError extends Error {}

/** @returns undefined where help is asked for */
export function readOptions(args: string[]): Options | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  const needed = (name: 'engine' | 'data' | 'port'): string => {
    const value = values[name];
    if (value === undefined || value === '') throw new UsageError(`--${name} is needed`);
    return value;
  };
  return {
    engine: resolve(needed('engine')),
    data: dataFolderOf(needed('data')),
    port: portOf(needed('port')),
    schema: values.schema === undefined ? undefined : resolve(values.schema),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        engine: { type: 'string' },
        data: { type: 'string' },
        port: { type: 'string' },
        schema: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Rows go to the engine in files of this folder, and it takes the name of a file for a pattern. */
function dataFolderOf(text: string): string {
  const folder = resolve(text);
  if (/[*?{}]/.test(folder)) throw new UsageError(`--data may not have * ? { } in its path: ${folder}`);
  return folder;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new UsageError(`--port takes a number up to 65535, not "${text}"`);
  return port;
}
