import { wideNumber } from '../recording/key-set.ts';
import { type Json, objectsOf, type Service, scopedService, serviceOf } from '../recording/otlp.ts';
import { boundedId } from './bounds.ts';
import { Pace } from './pace.ts';
import { readWholeLines } from './read-places.ts';
import { rowsOf } from './read-spans.ts';
import { SpanFacts } from './span-facts.ts';
import type { IndexedFile, IndexedSession } from './span-index.ts';

/** The spans of a session, of all its parts, as they were recorded, below their resources and scopes, each once: line by line. */
export async function* otlpOf(sessions: readonly IndexedSession[]): AsyncGenerator<object> {
  const linesByFile = new Map<IndexedFile, Set<number>>();
  /** Of what others, and clients, recorded: only the index knows its sessions. */
  const known = new Set<number>();
  for (const { file, row } of rowsOf(sessions)) {
    const { columns } = file;
    if (file.foreign !== undefined || file.clients !== undefined)
      known.add(wideNumber(columns.trace[row]!, columns.span[row]!));
    const lines = linesByFile.get(file) ?? new Set();
    linesByFile.set(file, lines.add(columns.line[row]!));
  }
  const ids = new Set(sessions.map(({ id }) => id));
  const pace = new Pace();
  const facts = new SpanFacts();
  const written = new Set<string>();
  const isWanted = (span: Json, service: Service): boolean => {
    if (!facts.read(span, service)) return false;
    const { sessionId, trace, span: number } = facts;
    const isOf =
      facts.foreign === undefined && facts.clientSide === undefined
        ? sessionId !== undefined && ids.has(boundedId(sessionId))
        : known.has(wideNumber(trace, number));
    if (!isOf) return false;
    const key = `${facts.traceId}${facts.spanId}`;
    return !written.has(key) && written.add(key) !== undefined;
  };
  for (const [file, lines] of linesByFile) {
    const inOrder = [...lines].sort((a, b) => a - b);
    for await (const exported of readWholeLines(file, inOrder)) {
      yield* resourceSpansOf(exported, isWanted);
      if (pace.isOver) await pace.pause();
    }
  }
}

function resourceSpansOf(exported: object, isWanted: (span: Json, service: Service) => boolean): object[] {
  return objectsOf((exported as Json)['resourceSpans']).flatMap((ofResource) => {
    const service = serviceOf(ofResource['resource']);
    const scopeSpans = objectsOf(ofResource['scopeSpans']).flatMap((ofScope) => {
      const scoped = scopedService(service, ofScope['scope']);
      const spans = objectsOf(ofScope['spans']).filter((span) => isWanted(span, scoped));
      return spans.length === 0 ? [] : [{ ...ofScope, spans }];
    });
    return scopeSpans.length === 0 ? [] : [{ ...ofResource, scopeSpans }];
  });
}
