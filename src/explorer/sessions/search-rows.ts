import { ATTR_MCP_METHOD_NAME, ATTR_MCP_REQUEST_ID } from '../../sdk/signals/semconv.ts';
import type { RecordedSpan } from '../recording/otlp.ts';
import { errorOf } from './error-text.ts';
import { clientOf } from './find.ts';
import type { SessionRow } from './row.ts';
import { allOf, foundIn, isFoundIn, parseSearch, type SearchTerm } from './search.ts';
import { endingOf, sessionIdOf, textOf } from './session-span.ts';

/** What a search looks at of a session's row: its ids, the client and the tools, each in a line, in lower case. */
export interface RowText {
  readonly text: string;
  readonly clientAt: number;
  readonly toolsAt: number;
}

type Named = Pick<
  SessionRow,
  'id' | 'conversationId' | 'protocolSessionIds' | 'clientName' | 'clientVersion' | 'tools'
>;

/** @param otherIds - all of them, of which the row has the first */
export function rowText(row: Named, otherIds: readonly string[]): RowText {
  const { conversationId, protocolSessionIds } = row;
  const said = conversationId === undefined ? protocolSessionIds : [conversationId, ...protocolSessionIds];
  const ids = `${[row.id, ...otherIds, ...said].join(' ')}\n`.toLowerCase();
  const client = `${clientOf(row)}\n`.toLowerCase();
  const toolsAt = ids.length + client.length;
  return { text: ids + client + row.tools.join('\n').toLowerCase(), clientAt: ids.length, toolsAt };
}

/** The bits of those terms that are found in a row. */
export function foundInRow(
  terms: readonly SearchTerm[],
  { text, clientAt, toolsAt }: RowText,
  { status, services }: { readonly status: string; readonly services: readonly string[] },
): number {
  let found = 0;
  terms.forEach((term, i) => {
    const { field } = term;
    const isFound =
      field === undefined
        ? text.includes(term.text) || services.some((name) => isFoundIn(term, 'server', name))
        : (field === 'session' && text.slice(0, clientAt).includes(term.text)) ||
          (field === 'client' && text.slice(clientAt, toolsAt).includes(term.text)) ||
          (field === 'tool' && text.slice(toolsAt).includes(term.text)) ||
          (field === 'server' && services.some((name) => isFoundIn(term, 'server', name))) ||
          (field === 'status' && status.includes(term.text));
    if (isFound) found |= 1 << i;
  });
  return found;
}

/** A search in a recording that is read span by span. */
export class RecordingSearch {
  readonly #terms: readonly SearchTerm[];
  /** What is found in the spans of each session. */
  readonly #found = new Map<string, number>();

  constructor(search: string) {
    this.#terms = parseSearch(search);
  }

  addSpan(span: RecordedSpan): void {
    const id = sessionIdOf(span);
    if (id === undefined) return;
    const terms = this.#terms;
    const { type, text } = errorOf(span, endingOf(span));
    const found =
      foundIn(terms, 'server', span.serviceName) |
      foundIn(terms, 'method', textOf(span, ATTR_MCP_METHOD_NAME)) |
      foundIn(terms, 'type', type) |
      foundIn(terms, 'error', text ?? type) |
      foundIn(terms, 'trace', span.traceId) |
      foundIn(terms, 'request', textOf(span, ATTR_MCP_REQUEST_ID));
    if (found !== 0) this.#found.set(id, (this.#found.get(id) ?? 0) | found);
  }

  /** Whether the row of a session is found, after all spans have been added. */
  finds(row: SessionRow): boolean {
    const ids = [row.id, ...row.otherIds];
    const inSpans = ids.reduce((found, id) => found | (this.#found.get(id) ?? 0), 0);
    const inRow = foundInRow(this.#terms, rowText(row, row.otherIds), { status: row.status, services: [] });
    return (inSpans | inRow) === allOf(this.#terms);
  }
}
