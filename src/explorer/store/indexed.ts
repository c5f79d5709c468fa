import type { SessionParts } from '../sessions/parts.ts';
import { SaidIds } from '../sessions/said-ids.ts';
import { shortened } from './bounds.ts';
import type { ClientColumns } from './client-columns.ts';
import { NONE, type SpanColumns } from './columns.ts';
import type { ForeignColumns } from './foreign-columns.ts';
import type { Interner } from './interner.ts';
import type { Origins } from './origins.ts';

/** A file whose spans are in the index. */
export interface IndexedFile {
  readonly path: string;
  readonly owner: number;
  readonly columns: SpanColumns;
  /** Span ids of failed spans by row. */
  readonly failedIds: Map<number, string>;
  /** Bytes of the lists of tools that were answered, by row. */
  readonly toolsSizes: Map<number, number>;
  /** What other instrumentations recorded; absent without any. */
  foreign: ForeignColumns | undefined;
  /** What instrumented clients recorded; absent without any. */
  clients: ClientColumns | undefined;
  /** Other files that have spans which this one repeats. */
  readonly repeats: Set<number>;
}

/** The spans of one session in one file: a chain of rows, newest first. */
export interface Chain {
  readonly file: IndexedFile;
  head: number;
  /** Absent where its spans say no other ids. */
  said: SaidIds | undefined;
}

export interface IndexedSession {
  readonly number: number;
  readonly id: string;
  readonly chains: Map<IndexedFile, Chain>;
  /** How the session of what others, or only its client, recorded was found. */
  source: string | undefined;
  /** As its session spans tell; the counts of requests are left at zero. */
  parts: SessionParts;
  /** Changes with its spans. */
  version: number;
  /** Of its newest span: that of the next is the same, most often. */
  origin: number;
}

/** Where rows are given to sessions. */
export interface RowHost {
  readonly byId: ReadonlyMap<string, IndexedSession>;
  readonly methods: Interner;
  readonly tools: Interner;
  readonly origins: Origins;
  readonly files: ReadonlyMap<string, IndexedFile>;
  readonly sessions: readonly (IndexedSession | undefined)[];
  /** The session of an id; made where there is none. */
  session(id: string): IndexedSession;
  /** A session without any is gone. */
  dropChain(session: IndexedSession, file: IndexedFile): void;
  /** Its spans have changed. */
  touch(session: IndexedSession): void;
}

/** The chain of a session in a file; made where there is none. */
export function chainOf({ chains }: IndexedSession, file: IndexedFile): Chain {
  const known = chains.get(file);
  if (known !== undefined) return known;
  const chain = { file, head: NONE, said: undefined };
  chains.set(file, chain);
  return chain;
}

/** Notes what else a span calls its session. */
export function noteIds(
  chain: Chain,
  {
    conversation,
    protocol,
  }: { readonly conversation: string | undefined; readonly protocol: string | undefined },
  ms: number,
): void {
  if (conversation === undefined && protocol === undefined) return;
  chain.said ??= new SaidIds();
  chain.said.add({ conversation: shortened(conversation), protocol: shortened(protocol) }, ms);
}
