import { findLogFiles } from '../recording/files.ts';
import { readJsonLines } from '../recording/json-lines.ts';
import { type LogLine, logFactsOf, logLineOf } from '../recording/log-records.ts';
import { type Json, objectOf, objectsOf, type RecordedSpan, serviceOf } from '../recording/otlp.ts';
import type { Recording } from '../recording/recording.ts';
import { LogOwners, type OwningEvent, type OwningSpan } from './log-owners.ts';
import { isReceivedRequest } from './outcome.ts';
import type { SessionEvent } from './session-event.ts';
import { endingOf, sessionIdOf } from './session-span.ts';

/** The log lines of an event: all are counted, the first ones are kept. */
export interface EventLogs {
  readonly total: number;
  readonly lines: readonly LogLine[];
}

interface Collected {
  total: number;
  lines: LogLine[];
}

/** Of one trace. */
interface Owning {
  readonly own: OwningEvent<string>[];
  readonly recorded: OwningSpan<string>[];
}

const MAX_LINES = 20;

/**
 * The log lines of a session's events, by their places, from the files of a recording. Where it has logs, its spans are
 * read once more: those of other sessions have lines too.
 */
export async function collectLogs(
  path: string,
  recording: Pick<Recording, 'spans'>,
  events: readonly SessionEvent[],
): Promise<ReadonlyMap<number, EventLogs>> {
  let owners: Map<string, LogOwners<string>> | undefined;
  const found = new Map<number, Collected>();
  const files = await findLogFiles(path);
  for await (const exported of readJsonLines(files, { containing: 'resourceLogs' })) {
    owners ??= await findOwners(recording, events);
    for (const { record, service, logger } of recordsOf(exported)) {
      const facts = logFactsOf(record);
      if (facts === undefined) continue;
      const { traceId, spanId: span, timeMs } = facts;
      const place = owners.get(traceId)?.placeOf({ span, timeMs, service });
      if (place !== undefined) keep(found, place, logLineOf(record, logger));
    }
  }
  for (const { lines } of found.values()) cut(lines);
  return found;
}

/** By the traces of the events. */
async function findOwners(
  recording: Pick<Recording, 'spans'>,
  events: readonly SessionEvent[],
): Promise<Map<string, LogOwners<string>>> {
  const places = new Map(events.map(({ traceId, spanId }, place) => [`${traceId} ${spanId}`, place]));
  const byTrace = new Map(events.map(({ traceId }) => [traceId, { own: [], recorded: [] } as Owning]));
  for await (const span of recording.spans()) {
    const ofTrace = byTrace.get(span.traceId);
    if (ofTrace === undefined) continue;
    const place = places.get(`${span.traceId} ${span.spanId}`);
    const owning = owningOf(span);
    if (place !== undefined) ofTrace.own.push({ ...owning, place });
    else if (owning.isRequest || sessionIdOf(span) !== undefined) ofTrace.recorded.push(owning);
  }
  return new Map([...byTrace].map(([trace, { own, recorded }]) => [trace, new LogOwners(own, recorded)]));
}

function owningOf(span: RecordedSpan): OwningSpan<string> {
  const { spanId, startMs, endMs, serviceName: service } = span;
  // What is logged within a request is logged by the server.
  const isRequest = span.clientSide === undefined && isReceivedRequest(endingOf(span));
  return { span: spanId, startMs, endMs, service, isRequest };
}

function* recordsOf(
  exported: object,
): Generator<{ record: Json; service: string | undefined; logger: string | undefined }> {
  for (const resource of objectsOf((exported as Json)['resourceLogs'])) {
    const service = serviceOf(resource['resource']).serviceName;
    for (const scope of objectsOf(resource['scopeLogs'])) {
      const { name } = objectOf(scope['scope']);
      const logger = typeof name === 'string' ? name : undefined;
      for (const record of objectsOf(scope['logRecords'])) yield { record, service, logger };
    }
  }
}

function keep(found: Map<number, Collected>, place: number, line: LogLine): void {
  const known = found.get(place);
  if (known === undefined) {
    found.set(place, { total: 1, lines: [line] });
    return;
  }
  known.total += 1;
  known.lines.push(line);
  if (known.lines.length > 4 * MAX_LINES) cut(known.lines);
}

/** The first ones in the order of time. */
function cut(lines: LogLine[]): void {
  lines.sort((a, b) => a.timeMs - b.timeMs);
  lines.splice(MAX_LINES);
}
