import { type Json, millis, type Service } from '../recording/otlp.ts';
import { FORMS } from '../recording/signal.ts';
import { NONE } from './columns.ts';
import type { Pace } from './pace.ts';
import { groupByFile, readPlaced } from './read-places.ts';
import type { IndexedFile, IndexedSession, SpanIndex } from './span-index.ts';

/** Where a span is in the index. */
export interface Place {
  readonly file: IndexedFile;
  readonly row: number;
}

export interface ReadSpan extends Place {
  /** As it was recorded. */
  readonly span: Json;
  readonly service: Service;
}

/** Places of all spans of some sessions. */
export function rowsOf(sessions: readonly IndexedSession[]): Place[] {
  const places: Place[] = [];
  for (const { chains } of sessions) {
    for (const { file, head } of chains.values())
      for (let row = head; row !== NONE; row = file.columns.next[row]!) places.push({ file, row });
  }
  return places;
}

/** Reads spans from their files, file by file and in the order in which they stand there. What is gone is left out. */
export async function* readSpans(
  index: SpanIndex,
  places: readonly Place[],
  pace: Pace,
): AsyncGenerator<ReadSpan> {
  const byFile = groupByFile(places);
  for (const [file, rows] of byFile) {
    for await (const items of readPlaced(file, rows, FORMS.traces.lists, pace)) {
      for (const { row, item: span } of items) {
        // Somebody may have put another file in its place.
        if (millis(span['startTimeUnixNano']) !== file.columns.start[row]) continue;
        const origin = index.origins.get(file.columns.origin[row]!);
        const { service, instance, sender, seenByClient, agentScope } = origin;
        yield {
          file,
          row,
          span,
          service: {
            serviceName: seenByClient ?? service,
            serviceInstance: instance || undefined,
            hostAndPid: undefined,
            scope: sender ?? agentScope,
          },
        };
      }
    }
  }
}
