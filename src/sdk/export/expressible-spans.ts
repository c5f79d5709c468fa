import type { HrTime } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-node';
import { reportFailure } from '../diagnostics/guard.ts';
import { expressibleAttributes } from '../signals/expressible.ts';

/** Seconds since 1970 that 64 bits hold as nanoseconds. */
const MAX_SECONDS = 18_446_744_073;

/**
 * The spans in a form that every receiver takes: one value that OTLP cannot express would cost the whole batch. Spans
 * whose times are none are left out, and that is said once.
 */
export function expressibleSpans(spans: readonly ReadableSpan[]): ReadableSpan[] {
  // Functions that were made for each batch would be compiled for each batch.
  const usable = spans.filter(hasTimes);
  if (usable.length < spans.length) {
    reportFailure('a span is left out', 'its times are not between the years 1970 and 2554');
  }
  return usable.map(expressibleSpan);
}

function hasTimes({ startTime, endTime }: ReadableSpan): boolean {
  return isTime(startTime) && isTime(endTime);
}

type Changes = Pick<ReadableSpan, 'name' | 'attributes' | 'events' | 'links' | 'status'>;

function expressibleSpan(span: ReadableSpan): ReadableSpan {
  const name = textOf(span.name);
  const attributes = expressibleAttributes(span.attributes);
  const events = sameList(span.events, expressibleEvent);
  const links = sameList(span.links, expressibleLink);
  const status = isCode(span.status.code) ? span.status : { code: 0 };
  const isSame =
    name === span.name &&
    attributes === span.attributes &&
    events === span.events &&
    links === span.links &&
    status === span.status;
  return isSame ? span : withChanges(span, { name, attributes, events, links, status });
}

/** A span has getters and private fields: neither a copy nor an heir would be one. */
function withChanges(span: ReadableSpan, changes: Changes): ReadableSpan {
  const context = span.spanContext();
  return {
    kind: span.kind,
    spanContext: () => context,
    ...(span.parentSpanContext !== undefined && { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount + span.events.length - changes.events.length,
    droppedLinksCount: span.droppedLinksCount + span.links.length - changes.links.length,
    ...changes,
  };
}

function expressibleEvent(event: TimedEvent): TimedEvent | undefined {
  if (!isTime(event.time)) return undefined;
  const name = textOf(event.name);
  const attributes = event.attributes && expressibleAttributes(event.attributes);
  if (name === event.name && attributes === event.attributes) return event;
  return { ...event, name, ...(attributes !== undefined && { attributes }) };
}

type Link = ReadableSpan['links'][number];

/** Whoever takes an id from elsewhere may link to none. */
function expressibleLink(link: Link): Link | undefined {
  const { traceId, spanId } = link.context;
  if (!/^[\da-f]{32}$/i.test(traceId) || !/^[\da-f]{16}$/i.test(spanId)) return undefined;
  const attributes = link.attributes && expressibleAttributes(link.attributes);
  return attributes === link.attributes ? link : { ...link, ...(attributes !== undefined && { attributes }) };
}

/** The list itself where nothing in it changes. */
function sameList<T>(list: readonly T[], change: (item: T) => T | undefined): T[] {
  // Most spans have no events and no links.
  if (list.length === 0) return list as T[];
  const changed = list.map(change);
  const isSame = changed.every((item, i) => item === list[i]);
  return isSame ? (list as T[]) : changed.filter((item) => item !== undefined);
}

function isTime([seconds, nanos]: HrTime): boolean {
  return seconds >= 0 && seconds < MAX_SECONDS && Number.isFinite(nanos);
}

function isCode(code: unknown): boolean {
  return code === 0 || code === 1 || code === 2;
}

/** What is typed as text need not be one where JavaScript calls. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}
