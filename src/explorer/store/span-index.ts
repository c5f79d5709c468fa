import { KeySet, MAX_OWNER } from '../recording/key-set.ts';
import {
  decodeSpan,
  type Json,
  objectOf,
  objectsOf,
  type Service,
  scopedService,
  serviceOf,
} from '../recording/otlp.ts';
import { SessionParts } from '../sessions/parts.ts';
import { reportOf } from '../sessions/session-span.ts';
import { MAX_TOOL_LENGTH } from '../sessions/tally.ts';
import { boundedId, Reports, shortened } from './bounds.ts';
import { ClientRows } from './client-rows.ts';
import { FLAG, NONE, SpanColumns, type SpanEntry } from './columns.ts';
import { ErrorTable } from './error-table.ts';
import { ForeignRows } from './foreign-rows.ts';
import {
  type Chain,
  chainOf,
  type IndexedFile,
  type IndexedSession,
  noteIds,
  type RowHost,
} from './indexed.ts';
import { ABSENT, Interner } from './interner.ts';
import { Origins } from './origins.ts';
import { SpanFacts } from './span-facts.ts';
import { findSpanPlaces } from './span-places.ts';
import { Targets } from './targets.ts';

export type { Chain, IndexedFile, IndexedSession };

/** A line as it stands in its file. */
export interface IndexedLine {
  /** Offset of its first byte. */
  readonly start: number;
  readonly bytes: Buffer;
  /** The same. */
  readonly text: string;
}

/** All spans of a recording in columns of numbers, and which sessions they belong to. */
export class SpanIndex implements RowHost {
  readonly methods = new Interner({ texts: 10_000, length: 256, total: 1e6 });
  readonly tools = new Interner({ texts: 60_000, length: MAX_TOOL_LENGTH, total: 8e6 });
  readonly targets = new Targets();
  readonly errors = new ErrorTable();
  /** What each `tools/list` answered: see `listText`. */
  readonly toolLists = new Interner({ texts: 60_000, length: 60_000, total: 16e6 });
  readonly origins = new Origins();
  readonly files = new Map<string, IndexedFile>();
  readonly byId = new Map<string, IndexedSession>();
  /** By number; vanished ones leave their place empty. */
  readonly sessions: (IndexedSession | undefined)[] = [];
  /** Sessions whose spans have changed; emptied by who reads it. */
  readonly changed = new Set<IndexedSession>();
  /** What other instrumentations recorded. */
  readonly foreign = new ForeignRows(this);
  /** What instrumented clients recorded. */
  readonly clients = new ClientRows(this);
  readonly #exceptService: string | undefined;
  readonly #keys = new KeySet();
  readonly #owners = new Map<number, IndexedFile>();
  #lastOwner = 0;
  readonly #facts = new SpanFacts();
  readonly #reports = new Reports();
  readonly #places: number[] = [];
  readonly #entry: SpanEntry = {
    startMs: 0,
    endMs: 0,
    session: NONE,
    next: NONE,
    origin: 0,
    method: ABSENT,
    tool: ABSENT,
    target: ABSENT,
    error: ABSENT,
    heads: 0,
    toolList: ABSENT,
    flags: 0,
    requestSize: 0,
    responseSize: 0,
    place: 0,
    length: 0,
    trace: 0,
    span: 0,
    parent: 0,
  };

  constructor(exceptService?: string) {
    this.#exceptService = exceptService;
  }

  get spanCount(): number {
    let count = 0;
    for (const { columns } of this.files.values()) count += columns.count;
    return count;
  }

  /** At most {@link MAX_OWNER} files at a time. */
  addFile(path: string): IndexedFile {
    let owner = this.#lastOwner;
    do owner = (owner % MAX_OWNER) + 1;
    while (this.#owners.has(owner));
    this.#lastOwner = owner;
    const file = {
      path,
      owner,
      columns: new SpanColumns(),
      failedIds: new Map(),
      toolsSizes: new Map(),
      foreign: undefined,
      clients: undefined,
      repeats: new Set<number>(),
    };
    this.#owners.set(owner, file);
    this.files.set(path, file);
    return file;
  }

  /** Forgets the spans of a file. Returns the sessions that have lost session spans and are still there. */
  dropFile(file: IndexedFile): IndexedSession[] {
    this.files.delete(file.path);
    this.#owners.delete(file.owner);
    this.#keys.removeOwner(file.owner);
    this.foreign.dropFile();
    this.clients.dropFile(file);
    const touched = new Set<IndexedSession>();
    const shaken = new Set<IndexedSession>();
    const { columns } = file;
    for (let row = 0; row < columns.count; row += 1) {
      const session = this.sessions[columns.session[row]!];
      if (session === undefined) continue;
      touched.add(session);
      if ((columns.flags[row]! & FLAG.report) !== 0) shaken.add(session);
    }
    for (const session of touched) {
      this.dropChain(session, file);
      if (session.chains.size === 0) shaken.delete(session);
    }
    return [...shaken];
  }

  dropChain(session: IndexedSession, file: IndexedFile): void {
    session.chains.delete(file);
    if (session.chains.size === 0) {
      this.sessions[session.number] = undefined;
      this.byId.delete(session.id);
    }
    this.touch(session);
  }

  /** The files that repeat spans of one that is gone: theirs count now. */
  filesThatRepeat(owner: number): IndexedFile[] {
    return [...this.files.values()].filter(({ repeats }) => repeats.has(owner));
  }

  /** Adds the spans of a line; it may hold anything else. */
  addLine(file: IndexedFile, { start, bytes, text }: IndexedLine, exported: object): void {
    const groups = groupsOf(exported);
    const all = groups.length === 1 ? groups[0]!.spans : groups.flatMap(({ spans }) => spans);
    if (all.length === 0) return;
    file.columns.addLine(start, bytes.length);
    const isPlaced = findSpanPlaces(bytes, text, all, this.#places);
    let nth = -1;
    for (const { spans, service } of groups) {
      const isLeftOut = this.#exceptService !== undefined && service.serviceName === this.#exceptService;
      for (const span of spans) {
        nth += 1;
        if (isLeftOut || !this.#facts.read(span, service)) continue;
        const place = isPlaced ? this.#places[nth * 2]! : nth;
        this.#entry.place = place;
        this.#entry.length = isPlaced ? this.#places[nth * 2 + 1]! - place : 0;
        this.#addSpan(file, span, service);
      }
    }
  }

  /** Takes over the session spans of a session that lost some, in place of those that it had. */
  setReports(session: IndexedSession, spans: Iterable<{ span: Json; service: Service }>): void {
    session.parts = new SessionParts();
    for (const { span, service } of spans) this.#addReport(session, span, service);
    this.touch(session);
  }

  #addSpan(file: IndexedFile, span: Json, service: Service): void {
    const facts = this.#facts;
    const holder = this.#keys.addKnown(facts.spanId, facts.trace, facts.span, file.owner);
    if (holder !== 0) {
      if (holder !== file.owner) file.repeats.add(holder);
      return;
    }
    const session = facts.sessionId === undefined ? undefined : this.session(facts.sessionId);
    const chain = session === undefined ? undefined : chainOf(session, file);
    const entry = this.#entry;
    entry.startMs = facts.startMs;
    entry.endMs = facts.endMs;
    entry.session = session?.number ?? NONE;
    entry.next = chain?.head ?? NONE;
    entry.method = this.methods.numberOf(facts.method);
    entry.tool = this.tools.numberOf(facts.tool);
    entry.target = this.targets.numberOf(facts.target);
    entry.error = this.errors.numberOf(facts.errorType, facts.errorMessage);
    entry.heads = facts.heads;
    entry.toolList = this.toolLists.numberOf(facts.toolNames);
    entry.requestSize = facts.requestSize;
    entry.responseSize = facts.responseSize;
    entry.trace = facts.trace;
    entry.span = facts.span;
    entry.parent = facts.parent;
    entry.flags = facts.flags;
    if (entry.tool !== ABSENT && facts.method === 'tools/call') entry.flags |= FLAG.call;
    if (entry.toolList !== ABSENT) entry.flags |= FLAG.list;
    if (facts.foreign !== undefined) {
      this.foreign.add(file, facts, facts.foreign, entry);
      return;
    }
    if (facts.clientSide !== undefined) {
      this.clients.add(file, facts, facts.clientSide, entry);
      return;
    }
    entry.origin = this.origins.numberOf(facts, session?.origin);
    if (session !== undefined) session.origin = entry.origin;
    if (!this.foreign.isEmpty) this.foreign.touch(facts.service);
    const row = file.columns.add(entry);
    if ((facts.flags & FLAG.failed) !== 0) file.failedIds.set(row, facts.spanId);
    if (facts.toolsSize > 0) file.toolsSizes.set(row, facts.toolsSize);
    if (session === undefined || chain === undefined) return;
    chain.head = row;
    noteIds(chain, { conversation: facts.conversationId, protocol: facts.protocolSessionId }, facts.startMs);
    if ((facts.flags & FLAG.report) !== 0) this.#addReport(session, span, service);
    this.touch(session);
  }

  #addReport(session: IndexedSession, raw: Json, service: Service): void {
    const span = decodeSpan(raw, service);
    const report = span === undefined ? undefined : reportOf(span);
    if (span === undefined || report === undefined) return;
    const instance = shortened(span.process) ?? '';
    session.parts.addReport(this.#reports.bounded(report), { ...span, instance });
  }

  session(givenId: string): IndexedSession {
    const id = boundedId(givenId);
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const session = {
      number: this.sessions.length,
      id,
      chains: new Map(),
      source: undefined,
      parts: new SessionParts(),
      version: 0,
      origin: 0,
    };
    this.sessions.push(session);
    this.byId.set(id, session);
    return session;
  }

  touch(session: IndexedSession): void {
    session.version += 1;
    this.changed.add(session);
  }
}

interface Group {
  readonly spans: Json[];
  readonly service: Service;
}

function groupsOf(exported: object): Group[] {
  const groups: Group[] = [];
  for (const resourceSpans of objectsOf((exported as Json)['resourceSpans'])) {
    const service = serviceOf(objectOf(resourceSpans['resource']));
    for (const scopeSpans of objectsOf(resourceSpans['scopeSpans']))
      groups.push({
        spans: objectsOf(scopeSpans['spans']),
        service: scopedService(service, scopeSpans['scope']),
      });
  }
  return groups;
}
