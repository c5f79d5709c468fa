import { type ClientSide, PairedSessions, SOURCE_CLIENT } from '../recording/client-side.ts';
import { wideNumber } from '../recording/key-set.ts';
import { isUnique } from '../recording/scoped-id.ts';
import { boundedId } from './bounds.ts';
import { ClientColumns } from './client-columns.ts';
import { FLAG, type SpanEntry } from './columns.ts';
import type { IndexedFile, IndexedSession, RowHost } from './indexed.ts';
import { ABSENT } from './interner.ts';
import { Pace } from './pace.ts';
import { ProtocolSessions } from './protocol-sessions.ts';
import { type Move, moveRows } from './row-moves.ts';
import type { SpanFacts } from './span-facts.ts';
import { TraceTable } from './trace-table.ts';

/** A connection of an instrumented client. */
interface Connection {
  readonly number: number;
  readonly id: string;
  /** Of the session that it is by itself. */
  readonly source: string;
  said: Move['said'];
  /** Where the transport has one that nobody else has. */
  protocolId: string | undefined;
  /** The number of its origin, most likely. */
  origin: number;
  spans: number;
}

/** While files are read, sessions are told anew when so many times as many spans are there. */
const GROWTH = 4;
/** What took so long is not done again before so many times as long have passed. */
const [LONG_MS, PAUSES] = [200, 10];
/** By the last bits of its number a trace that is not asked for is passed over, most often. */
const FILTER = 0xffff;
/** Rows between two looks at the clock. */
const STRETCH = 4_096;
const NO_IDS = { conversation: undefined, protocol: undefined };

/**
 * What instrumented clients recorded. A request is of the session whose span hangs directly below it, and counts there
 * once, as what the server received; what else its connection has is with the request before. A connection that no server
 * recorded is a session by itself, until one has: see `ClientConnections`.
 */
export class ClientRows {
  readonly #index: RowHost;
  readonly #byId = new Map<string, Connection>();
  readonly #connections: (Connection | undefined)[] = [];
  /** Where each request is, by trace and span. */
  readonly #requests = new TraceTable();
  readonly #dirty = new Set<Connection>();
  /** Those that are sessions by themselves, though a server may have recorded their protocol session. */
  readonly #waiting = new Set<Connection>();
  /** How many rows, and spans of clients, of each file have been looked at. */
  readonly #looked = new WeakMap<IndexedFile, { readonly rows: number; readonly clients: number }>();
  #sessions = 0;
  #count = 0;
  #settled = 0;
  #notBefore = 0;

  constructor(index: RowHost) {
    this.#index = index;
  }

  /** @param entry - its origin is told here */
  add(file: IndexedFile, facts: SpanFacts, { connection: id }: ClientSide, entry: SpanEntry): void {
    file.clients ??= new ClientColumns();
    const connection = this.#connection(boundedId(id));
    const { protocolSessionId: protocolId } = facts;
    if (protocolId !== undefined && isUnique(protocolId)) connection.protocolId ??= boundedId(protocolId);
    if (protocolId !== undefined && connection.said === NO_IDS)
      connection.said = { conversation: undefined, protocol: boundedId(protocolId) };
    connection.origin = this.#index.origins.numberOf(facts, connection.origin);
    connection.spans += 1;
    const { flags } = entry;
    entry.origin = connection.origin;
    entry.flags = FLAG.client;
    const row = file.columns.add(entry);
    if ((flags & FLAG.failed) !== 0) file.failedIds.set(row, facts.spanId);
    const at = file.clients.add(row, connection.number, flags);
    if ((flags & FLAG.request) !== 0) this.#requests.put(wideNumber(facts.trace, facts.span), file.owner, at);
    this.#dirty.add(connection);
    this.#count += 1;
  }

  /** A file goes, with what clients, and perhaps servers, recorded. */
  dropFile(file: IndexedFile): void {
    if (this.#byId.size === 0) return;
    this.#requests.removeOwner(file.owner);
    for (const { clients } of this.#index.files.values()) clients?.forgetPeers(file.owner);
    for (let at = 0; file.clients !== undefined && at < file.clients.count; at += 1) {
      const connection = this.#connections[file.clients.connection[at]!]!;
      connection.spans -= 1;
      if (connection.spans === 0) this.#forget(connection);
    }
    this.touchAll();
  }

  /** Sessions of servers have changed. */
  touchAll(): void {
    for (const connection of this.#byId.values()) this.#dirty.add(connection);
  }

  /** Where that takes long, what is new waits for a later call: see {@link LONG_MS}. */
  async settle(isReading: boolean): Promise<void> {
    if (this.#byId.size === 0 || (isReading && this.#count < this.#settled * GROWTH)) return;
    const startedAt = performance.now();
    if (startedAt < this.#notBefore) return;
    this.#settled = this.#count;
    const pace = new Pace();
    await this.#findPeers(pace);
    if (this.#sessions !== this.#index.sessions.length)
      for (const connection of this.#waiting) this.#dirty.add(connection);
    this.#sessions = this.#index.sessions.length;
    if (this.#dirty.size === 0) return;
    const moves = await this.#moves(pace);
    this.#dirty.clear();
    moveRows(this.#index, moves);
    const tookMs = performance.now() - startedAt;
    // When all has been read for the first time, nothing may be missing.
    if (!isReading && tookMs > LONG_MS) this.#notBefore = startedAt + tookMs * PAUSES;
  }

  /** Of spans of servers that are new, and of all that are in a trace with a new one of a client. */
  async #findPeers(pace: Pace): Promise<void> {
    const files = this.#filesByOwner();
    const isAsked = this.#askedTraces();
    for (const file of files.values()) {
      const { trace, parent, method, flags, count } = file.columns;
      const looked = this.#looked.get(file)?.rows ?? 0;
      for (let row = isAsked === undefined ? looked : 0; row < count; row += 1) {
        if (row % STRETCH === 0 && pace.isOver) await pace.pause();
        if (row < looked && isAsked?.[trace[row]! & FILTER] === 0) continue;
        if (parent[row] === 0 || method[row] === ABSENT || (flags[row]! & FLAG.client) !== 0) continue;
        for (const { owner, head } of this.#requests.chains(wideNumber(trace[row]!, parent[row]!)))
          this.#pair(files, { file: files.get(owner)!, at: head }, { file, row });
      }
      this.#looked.set(file, { rows: count, clients: file.clients?.count ?? 0 });
    }
  }

  /** By the last bits of their numbers the traces that have something new of a client; `undefined`: none has. */
  #askedTraces(): Uint8Array | undefined {
    let isAsked: Uint8Array | undefined;
    for (const file of this.#index.files.values()) {
      const { clients, columns } = file;
      const count = clients?.count ?? 0;
      for (let at = this.#looked.get(file)?.clients ?? 0; at < count; at += 1) {
        isAsked ??= new Uint8Array(FILTER + 1);
        isAsked[columns.trace[clients!.row[at]!]! & FILTER] = 1;
      }
    }
    return isAsked;
  }

  /** Of two spans below one, that of this package counts: the other describes the same. */
  #pair(
    files: ReadonlyMap<number, IndexedFile>,
    { file: { clients, columns }, at }: { file: IndexedFile; at: number },
    peer: { file: IndexedFile; row: number },
  ): void {
    if (clients === undefined) return;
    if (columns.method[clients.row[at]!] !== peer.file.columns.method[peer.row]) return;
    const known = files.get(clients.peerOwner[at]!);
    if (known !== undefined && !this.#isForeign(known, clients.peerRow[at]!)) return;
    clients.setPeer(at, { owner: peer.file.owner, row: peer.row });
    this.#dirty.add(this.#connections[clients.connection[at]!]!);
  }

  #isForeign({ columns }: IndexedFile, row: number): boolean {
    return this.#index.origins.get(columns.origin[row]!).sender !== undefined;
  }

  /** What is of another session than before. */
  async #moves(pace: Pace): Promise<Move[]> {
    const files = this.#filesByOwner();
    const known = await this.#knownSessions(files, pace);
    const protocols = new ProtocolSessions(this.#index, this.#dirty);
    const moves: Move[] = [];
    await this.#eachDirty(files, pace, (file, at, connection) => {
      const { columns } = file;
      const row = file.clients!.row[at]!;
      const session =
        this.#peerSession(files, file.clients!, at) ??
        known.get(connection)?.at(columns.start[row]!) ??
        protocols.get(connection.protocolId);
      if (session === undefined && connection.protocolId !== undefined) this.#waiting.add(connection);
      else this.#waiting.delete(connection);
      const flags = session === undefined ? ownFlags(file.clients!.flags[at]!) : FLAG.client;
      const to = session ?? connection;
      const before = this.#index.sessions[columns.session[row]!];
      if (before?.id === to.id && columns.flags[row] === flags) return;
      const said = session === undefined ? connection.said : NO_IDS;
      moves.push({ file, row, flags, to, said });
    });
    return moves;
  }

  /** Of each connection the sessions that its requests are of: when each was matters only where they are several. */
  async #knownSessions(
    files: ReadonlyMap<number, IndexedFile>,
    pace: Pace,
  ): Promise<Map<Connection, PairedSessions<IndexedSession>>> {
    const first = new Map<Connection, IndexedSession>();
    const known = new Map<Connection, PairedSessions<IndexedSession>>();
    await this.#eachDirty(files, pace, (file, at, connection) => {
      const session = this.#peerSession(files, file.clients!, at);
      if (session === undefined) return;
      const before = first.get(connection);
      if (before === undefined) first.set(connection, session);
      else if (before !== session) known.set(connection, new PairedSessions());
    });
    const several = new Map(known);
    for (const [connection, session] of first)
      if (!several.has(connection)) known.set(connection, new PairedSessions([session]));
    if (several.size === 0) return known;
    await this.#eachDirty(files, pace, (file, at, connection) => {
      const session = several.has(connection) ? this.#peerSession(files, file.clients!, at) : undefined;
      if (session !== undefined)
        several.get(connection)!.add(file.columns.start[file.clients!.row[at]!]!, session);
    });
    return known;
  }

  async #eachDirty(
    files: ReadonlyMap<number, IndexedFile>,
    pace: Pace,
    run: (file: IndexedFile, at: number, connection: Connection) => void,
  ): Promise<void> {
    for (const file of files.values()) {
      const { clients } = file;
      for (let at = 0; clients !== undefined && at < clients.count; at += 1) {
        if (at % STRETCH === 0 && pace.isOver) await pace.pause();
        const connection = this.#connections[clients.connection[at]!]!;
        if (this.#dirty.has(connection)) run(file, at, connection);
      }
    }
  }

  #peerSession(
    files: ReadonlyMap<number, IndexedFile>,
    clients: ClientColumns,
    at: number,
  ): IndexedSession | undefined {
    const file = files.get(clients.peerOwner[at]!);
    return file && this.#index.sessions[file.columns.session[clients.peerRow[at]!]!];
  }

  #filesByOwner(): Map<number, IndexedFile> {
    return new Map([...this.#index.files.values()].map((file) => [file.owner, file]));
  }

  #connection(id: string): Connection {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const number = this.#connections.length;
    const named = { id, source: SOURCE_CLIENT, said: NO_IDS, protocolId: undefined };
    const connection: Connection = { number, ...named, origin: 0, spans: 0 };
    this.#connections.push(connection);
    this.#byId.set(id, connection);
    return connection;
  }

  #forget(connection: Connection): void {
    this.#connections[connection.number] = undefined;
    this.#byId.delete(connection.id);
    this.#dirty.delete(connection);
    this.#waiting.delete(connection);
  }
}

/** What counts where only the client recorded. */
function ownFlags(flags: number): number {
  const sent = (flags & FLAG.request) === 0 ? 0 : FLAG.sent;
  return FLAG.client | sent | (flags & (FLAG.error | FLAG.failed));
}
