import { spanKey } from '../recording/key-set.ts';
import { type LogLine, logLineOf, SEVERITY_ERROR, severityNumberOf } from '../recording/log-records.ts';
import { FORMS } from '../recording/signal.ts';
import { LogOwners, type OwningEvent } from '../sessions/log-owners.ts';
import type { ListedEvent, LogPage, SpanRef } from './answers.ts';
import { ABSENT, OTHERS } from './interner.ts';
import type { LogIndex, LogPlace } from './log-index.ts';
import { Pace } from './pace.ts';
import { groupByFile, readPlaced } from './read-places.ts';
import type { Place } from './read-spans.ts';
import type { SpanIndex } from './span-index.ts';
import { owningSpan, spansOfTraces } from './trace-spans.ts';
import { traceKey } from './trace-table.ts';
import type { Page } from './types.ts';

/** Where a session's events are, and their traces as the numbers of {@link traceKey}. */
export interface EventKeys {
  readonly places: readonly Place[];
  readonly traces: Float64Array;
}

/** So many lines are gone through between two looks at the clock, or counted together. */
const STRETCH = 256;

/** The log lines that belong to the events of sessions. */
export class SessionLogs {
  readonly #index: SpanIndex;
  readonly #logs: LogIndex;

  constructor(index: SpanIndex, logs: LogIndex) {
    this.#index = index;
    this.#logs = logs;
  }

  /** The events, with the number of their lines where they have some. */
  async counted(keys: EventKeys, events: readonly ListedEvent[]): Promise<readonly ListedEvent[]> {
    const lines = await this.#placesOf(keys, events);
    if (lines === undefined) return events;
    return events.map((event, i) => {
      const { length } = lines[i]!;
      if (length === 0) return event;
      const errors = lines[i]!.filter(isError).length;
      return { ...event, logs: length, ...(errors > 0 && { logErrors: errors }) };
    });
  }

  /** The lines of each of these events, in the order of time: as many as the page holds. */
  async read(keys: EventKeys, events: readonly SpanRef[], page: Page): Promise<LogPage[]> {
    const places = (await this.#placesOf(keys, events)) ?? events.map(() => []);
    const shown = places.map((each) => pageOf(each, page));
    const lines = await this.#linesAt(shown.flat());
    return shown.map((each, i) => ({
      total: places[i]!.length,
      offset: page.offset,
      lines: each.flatMap((place) => lines.get(place) ?? []),
    }));
  }

  /** Where the lines of each of these events are; `undefined`: none of them has any. */
  async #placesOf(keys: EventKeys, events: readonly SpanRef[]): Promise<LogPlace[][] | undefined> {
    const owners = this.#ownersByTrace(keys, events);
    if (owners.size === 0) return undefined;
    const found = new Map<number, LogPlace[]>();
    const pace = new Pace();
    let passed = 0;
    for (const [trace, ofTrace] of owners) {
      for (const place of this.#logs.ofTrace(trace)) {
        passed += 1;
        if (passed % STRETCH === 0 && pace.isOver) await pace.pause();
        const owner = ofTrace.placeOf(this.#ownedAt(place));
        if (owner === undefined) continue;
        const known = found.get(owner);
        if (known === undefined) found.set(owner, [place]);
        else known.push(place);
      }
    }
    return events.map(({ traceId, spanId }) => {
      const event = owners.get(traceKey(traceId))?.eventOf(spanKey(spanId));
      return event === undefined ? [] : (found.get(event) ?? []);
    });
  }

  /** To which events the lines of a trace belong, of those of the traces that have some. */
  #ownersByTrace({ places, traces }: EventKeys, events: readonly SpanRef[]): Map<number, LogOwners<number>> {
    const byTrace = new Map<number, OwningEvent<number>[]>();
    for (const { traceId } of events) {
      const trace = traceKey(traceId);
      if (!byTrace.has(trace) && this.#logs.has(trace)) byTrace.set(trace, []);
    }
    if (byTrace.size === 0) return new Map();
    for (let place = 0; place < traces.length; place += 1) {
      const ofTrace = byTrace.get(traces[place]!);
      ofTrace?.push({ ...owningSpan(places[place]!, this.#index.origins), place });
    }
    const recorded = spansOfTraces(this.#index, byTrace.keys());
    return new Map(
      [...byTrace].map(([trace, own]) => [trace, new LogOwners(own, recorded.get(trace) ?? [])]),
    );
  }

  #ownedAt({ file: { columns }, row }: LogPlace) {
    const service = this.#nameOf(columns.service[row]!);
    return { span: columns.span[row]!, timeMs: columns.time[row]!, service };
  }

  async #linesAt(places: readonly LogPlace[]): Promise<Map<LogPlace, LogLine>> {
    const byRow = new Map(places.map((place) => [`${place.file.path}\n${place.row}`, place]));
    const lines = new Map<LogPlace, LogLine>();
    for (const [file, rows] of groupByFile(places)) {
      const { columns, path } = file;
      for await (const items of readPlaced(file, rows, FORMS.logs.lists, new Pace())) {
        for (const { row, item } of items) {
          const line = logLineOf(item, this.#nameOf(columns.logger[row]!));
          const place = byRow.get(`${path}\n${row}`);
          // Somebody may have put another file in its place.
          const isSame =
            line.timeMs === columns.time[row] && severityNumberOf(item) === columns.severity[row];
          if (isSame && place !== undefined) lines.set(place, line);
        }
      }
    }
    return lines;
  }

  #nameOf(number: number): string | undefined {
    return number === ABSENT || number === OTHERS ? undefined : this.#logs.names.textOf(number);
  }
}

function isError({ file, row }: LogPlace): boolean {
  return file.columns.severity[row]! >= SEVERITY_ERROR;
}

/**
 * In the order of time. Very many lines are not put in order as a whole: they are counted in stretches of time, and
 * those of the stretches that the page is in are looked at.
 */
function pageOf(places: readonly LogPlace[], { offset, limit }: Page): LogPlace[] {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const place of places) {
    from = Math.min(from, timeOf(place));
    to = Math.max(to, timeOf(place));
  }
  const counts = new Uint32Array(Math.ceil(places.length / STRETCH));
  const stretchOf = (place: LogPlace): number =>
    Math.floor(((timeOf(place) - from) / (to - from + 1)) * counts.length);
  for (const place of places) counts[stretchOf(place)]! += 1;
  let first = 0;
  let before = 0;
  for (; first < counts.length && before + counts[first]! <= offset; first += 1) before += counts[first]!;
  let last = first;
  for (let end = before; last < counts.length && end < offset + limit; last += 1) end += counts[last]!;
  return places
    .filter((place) => stretchOf(place) >= first && stretchOf(place) < last)
    .sort(byTime)
    .slice(offset - before, offset - before + limit);
}

function timeOf({ file, row }: LogPlace): number {
  return file.columns.time[row]!;
}

/** Lines of the same millisecond as they stand in their file. */
function byTime(a: LogPlace, b: LogPlace): number {
  return timeOf(a) - timeOf(b) || a.row - b.row;
}
