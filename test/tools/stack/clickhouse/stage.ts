import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import type { Engine } from '../../../../tools/stack/clickhouse/engine.ts';
import type { Limits } from '../../../../tools/stack/clickhouse/queries.ts';
import { type ClickHouseServer, createClickHouseServer } from '../../../../tools/stack/clickhouse/server.ts';
import { removeFolderSync } from '../../../../tools/support/remove-folder.ts';

/** In place of an engine: keeps what it is asked, and what the files that it is to read hold. */
export interface Recorder extends Engine {
  /** All but what sets a connection up. */
  readonly statements: string[];
  readonly files: string[];
  /** Connections. */
  open: number;
  /** What a statement comes to. */
  answer(sql: string): Promise<string>;
}

export interface Reply {
  status: number;
  code: string | null;
  text: string;
  headers: Headers;
}

/** A server in front of a recorder, new for each test. */
export interface Stage {
  engine: Recorder;
  server: ClickHouseServer;
  base: string;
  /** Where data arrives. */
  folder: string;
  log: string[];
  /** In place of the server that runs. */
  restart(limits?: Partial<Limits>): Promise<void>;
  send(path: string, init?: RequestInit): Promise<Reply>;
  insert(body: string | Buffer, headers?: Record<string, string>): Promise<Reply>;
  /** The files with data. */
  files(): string[];
}

export const INSERT = 'INSERT INTO t FORMAT CSV';

/** Whether a statement only sets a connection up. */
export const isSetup = (sql: string): boolean => /^(SET|USE) /.test(sql);

/** Has every test of the file find a server. */
export function useStage(): Stage {
  const stage = {} as Stage;
  const start = async (limits: Partial<Limits> = {}): Promise<void> => {
    [stage.engine, stage.log] = [recorder(), []];
    const log = (line: string): void => void stage.log.push(line);
    stage.server = await createClickHouseServer({
      engine: stage.engine,
      incomingFolder: stage.folder,
      limits,
      log,
    });
    stage.base = `http://127.0.0.1:${await stage.server.listen(0)}`;
  };
  stage.restart = async (limits) => {
    await stage.server.close();
    await start(limits);
  };
  stage.send = async (path, init) => {
    const response = await fetch(`${stage.base}${path}`, init);
    const code = response.headers.get('x-clickhouse-exception-code');
    return { status: response.status, code, text: await response.text(), headers: response.headers };
  };
  stage.insert = (body, headers = {}) =>
    stage.send(`/?query=${encodeURIComponent(INSERT)}`, { method: 'POST', body, headers });
  stage.files = () => readdirSync(stage.folder);
  let scratch: string;
  beforeEach(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'clickhouse-server-'));
    stage.folder = join(scratch, 'incoming');
    await start();
  });
  afterEach(async () => {
    await stage.server.close();
    removeFolderSync(scratch);
  });
  return stage;
}

function recorder(): Recorder {
  const self: Recorder = {
    statements: [],
    files: [],
    open: 0,
    answer: async () => 'ok',
    close: async () => {},
    connect() {
      self.open += 1;
      return {
        async run(sql) {
          const file = /INFILE '(.*?)'/.exec(sql)?.[1];
          if (!isSetup(sql)) self.statements.push(sql);
          if (file !== undefined) self.files.push(readFileSync(file, 'utf8'));
          const bytes = Buffer.from(await self.answer(sql));
          return { bytes, rows: self.files.at(-1)?.trim().split('\n').length ?? 0, seconds: 0.001 };
        },
        close() {
          self.open -= 1;
        },
      };
    },
  };
  return self;
}
