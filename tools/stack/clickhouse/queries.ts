import type { IncomingMessage } from 'node:http';
import { readText, storeBody, storeText } from './body.ts';
import type { Engine } from './engine.ts';
import { type Answer, runInsert, runQuery } from './execute.ts';
import { failure } from './failure.ts';
import { createGate, type Gate } from './gate.ts';
import type { Incoming } from './incoming.ts';
import { type Ask, readAsk } from './request.ts';
import { type DataInsert, readDataInsert } from './sql.ts';

export interface Limits {
  /** Queries that the engine runs at a time. Node's threads run them; it has four, and one stays for files. */
  running: number;
  /** Requests whose body arrives, that wait, or that run. */
  requests: number;
  /** Bytes of an insert's data, decompressed. */
  dataBytes: number;
  /** Bytes of SQL, with the rows that stand in it. */
  sqlBytes: number;
}

export const LIMITS: Limits = {
  running: 3,
  requests: 64,
  dataBytes: 256 * 1024 * 1024,
  sqlBytes: 16 * 1024 * 1024,
};

export interface QueryParts {
  engine: Engine;
  incoming: Incoming;
  limits: Limits;
}

/**
 * Answers one request.
 *
 * @param signal - aborts when the client has gone: what still waits then is not run, and queries that only read are ended
 */
export type Queries = (request: IncomingMessage, url: URL, signal: AbortSignal) => Promise<Answer>;

/** Takes queries from requests to the engine, as many as there is room for. */
export function createQueries(parts: QueryParts): Queries {
  const desk: Desk = { ...parts, gate: createGate(parts.limits.running) };
  let requests = 0;
  return async (request, url, signal) => {
    if (requests >= parts.limits.requests) {
      const sentence = `${requests} requests are under way: ask again in a second`;
      throw failure('TOO_MANY_SIMULTANEOUS_QUERIES', sentence);
    }
    requests += 1;
    try {
      return await take(desk, request, url, signal);
    } finally {
      requests -= 1;
    }
  };
}

interface Desk extends QueryParts {
  gate: Gate;
}

/** Puts an insert's data, what the statement has of it before the rest, into a file that is not there yet. */
type Store = (path: string, begin: string) => Promise<void>;

async function take(desk: Desk, request: IncomingMessage, url: URL, signal: AbortSignal): Promise<Answer> {
  const { engine, gate, limits } = desk;
  const ask = readAsk(request.method ?? 'GET', url, request.headers);
  const fromBody: Store = (path, begin) => storeBody(request, path, begin, limits.dataBytes);
  const insert = readDataInsert(ask.sql);
  if (insert !== undefined) return takeInsert(desk, ask, { insert, store: fromBody, signal });
  const body = await readText(request, limits.sqlBytes);
  const sql = ask.sql === '' ? body : `${ask.sql}\n${body}`;
  const inline = readDataInsert(sql);
  if (inline !== undefined) return takeInsert(desk, ask, { insert: inline, store: storeText, signal });
  return gate(() => runQuery(engine, ask, sql, signal), signal);
}

interface InsertWork {
  insert: DataInsert;
  store: Store;
  signal: AbortSignal;
}

/** Data goes to the engine by a file: chdb takes formats that are no text in no other way. */
function takeInsert(desk: Desk, ask: Ask, { insert, store, signal }: InsertWork): Promise<Answer> {
  return desk.incoming.withFile(async (path) => {
    await store(path, insert.data);
    return desk.gate(() => runInsert(desk.engine, ask, insert, path), signal);
  });
}
