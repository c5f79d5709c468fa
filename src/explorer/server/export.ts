import { shown } from '../../sdk/config/validate.ts';
import { firstLinesOf } from '../store/first-lines.ts';
import type { SessionStore } from '../store/types.ts';
import type { Answer } from './answer.ts';
import type { ApiEvent, ApiEvents, ApiSpan } from './api.ts';
import { type ReportContext, reportOf } from './report.ts';
import type { ReportedStacks } from './report-stacks.ts';
import { RequestError } from './request-error.ts';

export const EXPORT_FORMATS = ['otlp', 'markdown'] as const;
type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Events that a report holds: what people read in an issue, and a long session's failures with it. */
const MAX_REPORTED = 2_000;
const PAGE = 1_000;
/** Log lines of one event. */
const MAX_LINES = 20;
/** Events whose stacks are read. */
const MAX_STACKS = 50;
/** Characters from which on the next line begins: whoever reads holds a line at a time. */
const LINE_LENGTH = 4_000_000;

/**
 * A session as a file to keep or to send on: OTLP JSON as it was recorded, or Markdown for a bug report.
 *
 * @throws {@link RequestError} where there is no such session
 */
export async function exportSession(
  store: SessionStore,
  id: string,
  format: ExportFormat,
  context: ReportContext,
): Promise<Answer> {
  const row = store.row(id) ?? noSuchSession(id);
  const name = `session-${fileNameOf(row.shortId)}`;
  if (format === 'otlp') {
    const spans = store.otlp(id) ?? noSuchSession(id);
    return attachment(`${name}.otlp.json`, 'application/json; charset=utf-8', otlpLines(spans));
  }
  const session = await eventsOf(store, id);
  const logs = await firstLinesOf(store, id, session.events, MAX_LINES);
  const stacks = await stacksOf(store, session.events);
  const report = reportOf(session, context, { logs, stacks });
  return attachment(`${name}.md`, 'text/markdown; charset=utf-8', report);
}

export function noSuchSession(id: string): never {
  throw new RequestError(404, `there is no session ${shown(id)}; what recorded it may have been removed`);
}

/** One OTLP JSON object; of a very long session several, each in a line, as a recording has them. */
async function* otlpLines(resourceSpans: AsyncIterable<object>): AsyncGenerator<string> {
  let length = 0;
  let isEmpty = true;
  for await (const each of resourceSpans) {
    const text = JSON.stringify(each);
    yield `${length === 0 ? '{"resourceSpans":[' : ','}${text}`;
    length += text.length;
    isEmpty = false;
    if (length < LINE_LENGTH) continue;
    yield ']}\n';
    length = 0;
  }
  if (isEmpty) yield '{"resourceSpans":[]}\n';
  else if (length > 0) yield ']}\n';
}

async function eventsOf(store: SessionStore, id: string): Promise<ApiEvents> {
  const first = (await store.events(id, { offset: 0, limit: PAGE })) ?? noSuchSession(id);
  const events: ApiEvent[] = [...first.events];
  while (events.length < Math.min(first.total, MAX_REPORTED)) {
    const next = await store.events(id, { offset: events.length, limit: PAGE });
    if (next === undefined || next.events.length === 0) break;
    events.push(...next.events);
  }
  return { ...first, events };
}

/** The exceptions of the first events that have stacks. */
async function stacksOf(store: SessionStore, events: readonly ApiEvent[]): Promise<ReportedStacks> {
  const found = new Map<ApiEvent, ApiSpan['exceptions']>();
  for (const event of events.filter(({ stacks }) => stacks !== undefined).slice(0, MAX_STACKS)) {
    const span = await store.span(event);
    if (span !== undefined) found.set(event, span.exceptions);
  }
  return found;
}

/** Ids are minted by others: what a file name takes everywhere is little. */
function fileNameOf(shortId: string): string {
  return shortId.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 40) || 'unnamed';
}

function attachment(name: string, type: string, body: Answer['body']): Answer {
  return {
    status: 200,
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
    },
    body,
  };
}
