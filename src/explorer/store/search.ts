import { ATTR_MCP_REQUEST_ID } from '../../sdk/signals/semconv.ts';
import { traceHash } from '../recording/key-set.ts';
import { decodeSpan } from '../recording/otlp.ts';
import { allOf, foundIn, looksIn, MIN_ID, parseSearch, type SearchTerm } from '../sessions/search.ts';
import { foundInRow } from '../sessions/search-rows.ts';
import { textOf } from '../sessions/session-span.ts';
import { NONE, type SpanColumns } from './columns.ts';
import { requestHead, traceHead } from './id-heads.ts';
import { Pace } from './pace.ts';
import { type Place, readSpans } from './read-spans.ts';
import type { KnownRow } from './session-rows.ts';
import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';

/** An id that is looked for, by what the columns have of it. */
interface WantedId {
  readonly bit: number;
  readonly head: number;
  /** Of the columns' heads. */
  readonly mask: number;
  /** Of a whole trace id. */
  readonly hash: number | undefined;
}

/** Spans that may have the id, as far as the columns tell, and are read to be sure. Beyond, they are taken for found. */
const MAX_READ = 1_000;
const [TRACE_MASK, REQUEST_MASK] = [0xffff0000, 0xffff];
const TRACE_ID_LENGTH = 32;

/** Tells of rows whether a search finds them. */
export async function finderOf(
  index: SpanIndex,
  table: SessionTable,
  search: string,
): Promise<(known: KnownRow) => boolean> {
  const terms = parseSearch(search);
  if (terms.length === 0) return () => true;
  const inSpans = await foundInSpans(index, terms);
  const byRow = new Map<number, number>();
  inSpans.forEach((found, session) => {
    const row = found === 0 ? undefined : table.peek(session)?.number;
    if (row !== undefined) byRow.set(row, (byRow.get(row) ?? 0) | found);
  });
  const all = allOf(terms);
  return (known) => {
    const { row, number, services } = known;
    const inRow = foundInRow(terms, known, { status: row.status, services });
    return (inRow | (byRow.get(number) ?? 0)) === all;
  };
}

/** What of a span the terms are looked for in, by numbers. */
export class SpanSearch {
  readonly #methods: Uint32Array;
  readonly #errors: Uint32Array;
  readonly #ids: readonly WantedId[];
  /** False: no span has any of it. */
  readonly mayFind: boolean;

  constructor({ methods, errors }: SpanIndex, terms: readonly SearchTerm[]) {
    this.#methods = Uint32Array.from({ length: methods.size }, (_, number) =>
      number === 0 ? 0 : foundIn(terms, 'method', methods.textOf(number)),
    );
    const types = Array.from({ length: errors.types.size }, (_, number) =>
      number === 0 ? 0 : foundIn(terms, 'type', errors.types.textOf(number)),
    );
    this.#errors = Uint32Array.from({ length: errors.size }, (_, number) => {
      const { type, text } = errors.get(number);
      return number === 0 ? 0 : types[type]! | foundIn(terms, 'error', text);
    });
    this.#ids = terms.flatMap(wantedIds);
    this.mayFind =
      this.#ids.length > 0 || [this.#methods, this.#errors].some((bits) => bits.some((bit) => bit !== 0));
  }

  /** The bits of the terms that are in a span, ids aside. */
  wordsAt({ method, error }: SpanColumns, row: number): number {
    return this.#methods[method[row]!]! | this.#errors[error[row]!]!;
  }

  /** The bits of the ids that a span may have. */
  idsAt({ heads, trace }: SpanColumns, row: number): number {
    let bits = 0;
    for (const { bit, head, mask, hash } of this.#ids) {
      if (((heads[row]! ^ head) & mask) === 0 && (hash === undefined || hash === trace[row])) bits |= bit;
    }
    return bits;
  }

  get hasIds(): boolean {
    return this.#ids.length > 0;
  }
}

function wantedIds(term: SearchTerm, i: number): WantedId[] {
  const [bit, text] = [1 << i, term.text];
  const hash = text.length === TRACE_ID_LENGTH ? traceHash(text) : undefined;
  const isLongEnough = term.field !== undefined || text.length >= MIN_ID;
  return isLongEnough
    ? [
        ...(looksIn(term, 'trace') ? [{ bit, head: traceHead(text), mask: TRACE_MASK, hash }] : []),
        ...(looksIn(term, 'request')
          ? [{ bit, head: requestHead(text), mask: REQUEST_MASK, hash: undefined }]
          : []),
      ]
    : [];
}

/** The bits of what is found in the spans of each session, by its number. */
async function foundInSpans(index: SpanIndex, terms: readonly SearchTerm[]): Promise<Uint32Array> {
  const found = new Uint32Array(index.sessions.length);
  const search = new SpanSearch(index, terms);
  if (!search.mayFind) return found;
  const { hasIds } = search;
  const toRead: Place[] = [];
  for (const file of index.files.values()) {
    const { columns } = file;
    const { session, count } = columns;
    for (let row = 0; row < count; row += 1) {
      const number = session[row]!;
      if (number === NONE) continue;
      const words = search.wordsAt(columns, row);
      if (words !== 0) found[number]! |= words;
      if (!hasIds) continue;
      const ids = search.idsAt(columns, row);
      if ((ids & ~found[number]!) === 0) continue;
      if (toRead.length < MAX_READ) toRead.push({ file, row });
      else found[number]! |= ids;
    }
  }
  for await (const { file, row, span, service } of readSpans(index, toRead, new Pace())) {
    const number = file.columns.session[row]!;
    const decoded = decodeSpan(span, service);
    if (decoded === undefined || number >= found.length) continue;
    const requestId = textOf(decoded, ATTR_MCP_REQUEST_ID);
    found[number]! |= foundIn(terms, 'trace', decoded.traceId) | foundIn(terms, 'request', requestId);
  }
  return found;
}
