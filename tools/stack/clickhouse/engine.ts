import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Failure } from './failure.ts';

/** ClickHouse's engine, as much of it as the server uses. */
export interface Engine {
  /** A connection of one request: what it sets is gone with it. Costs a third of a millisecond. */
  connect(): Connection;
  /** Ends the engine when what runs has ended. */
  close(): Promise<void>;
}

export interface Connection {
  /** Runs one statement. Rejects with a `Failure`. */
  run(sql: string, options?: RunOptions): Promise<Output>;
  close(): void;
}

export interface RunOptions {
  /** Of the answer, where the statement names none. Default: TabSeparated. */
  format?: string;
  params?: Readonly<Record<string, string | null>>;
}

export interface Output {
  bytes: Uint8Array;
  /** Of the answer; of an insert from a file, those that went in. */
  rows: number;
  seconds: number;
}

/** What is used of the npm package chdb, which is no dependency: it weighs 543 MB. */
interface Chdb {
  Session: new (path: string) => ChdbSession;
  drainPending(): Promise<void>;
}

interface ChdbSession {
  queryAsync(sql: string, options: { format: string }): Promise<ChdbResult>;
  queryBindAsync(sql: string, params: object, options: { format: string }): Promise<ChdbResult>;
  close(): void;
}

interface ChdbResult {
  rowsRead: number;
  elapsed: number;
  bytes(): Uint8Array;
}

/**
 * Opens a database.
 *
 * @param engineFolder - has `node_modules/chdb`
 * @param dataFolder - made where it is missing; one engine at a time
 */
export function openEngine(engineFolder: string, dataFolder: string): Engine {
  const chdb = load(engineFolder);
  mkdirSync(dataFolder, { recursive: true });
  const open = (): ChdbSession => new chdb.Session(dataFolder);
  // The engine lives as long as one of its connections.
  const first = openFirst(open, dataFolder);
  return {
    connect: () => connectionOf(open()),
    close: async () => {
      await chdb.drainPending();
      first.close();
    },
  };
}

function load(engineFolder: string): Chdb {
  const folder = resolve(engineFolder);
  try {
    return createRequire(join(folder, 'package.json'))('chdb') as Chdb;
  } catch (error) {
    const why = (error as Error).message.split('\n')[0];
    throw new Error(`no engine in ${folder} (npm run stack:install puts one into the cache folder): ${why}`);
  }
}

function openFirst(open: () => ChdbSession, dataFolder: string): ChdbSession {
  try {
    return open();
  } catch (error) {
    // The engine itself says why, on stderr.
    throw new Error(
      `the engine cannot open ${dataFolder}; another server may be using it: ${(error as Error).message}`,
    );
  }
}

function connectionOf(session: ChdbSession): Connection {
  return {
    async run(sql, { format = 'TabSeparated', params = {} } = {}) {
      try {
        // Queries with parameters wait for one another in chdb, the others do not.
        const result = await (Object.keys(params).length === 0
          ? session.queryAsync(sql, { format })
          : session.queryBindAsync(sql, params, { format }));
        return { bytes: result.bytes(), rows: result.rowsRead, seconds: result.elapsed };
      } catch (error) {
        const { message, clickhouseCode } = error as Error & { clickhouseCode?: number };
        throw new Failure(clickhouseCode, message);
      }
    },
    close: () => session.close(),
  };
}
