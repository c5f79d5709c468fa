import { caveatsOf } from '../sessions/caveats.ts';
import { type Retry, retriesOf } from '../sessions/retries.ts';
import { sideNotes } from '../sessions/side-text.ts';
import { waitingText } from '../sessions/waiting-text.ts';
import { formatCost, formatDuration, formatSize } from '../text/format.ts';
import { transportText } from '../text/transport.ts';
import { URL_REQUIRED_TEXT } from '../text/url-required.ts';
import type { ApiEvent, ApiEvents, ApiRow } from './api.ts';
import { codeSpan, fenced, table } from './markdown.ts';
import { logsOf, type ReportedLogs } from './report-logs.ts';
import { type ReportedStacks, stacksOf } from './report-stacks.ts';

export interface ReportContext {
  /** Of this package. */
  readonly version: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What of the events is read besides. */
export interface ReportedMore {
  readonly logs?: ReportedLogs;
  readonly stacks?: ReportedStacks;
}

interface Placed {
  readonly event: ApiEvent;
  /** Counted from 1. */
  readonly place: number;
}

const HEADERS = ['#', 'time (UTC)', 'event', 'latency', 'size', 'status', 'error'];
/** What came before and after a failure, and failures that are shown with it. */
const NEIGHBOURS = 3;
const MAX_FAILURES = 10;
/** What belongs to an event stands below it, and further in. */
const MAX_INDENTS = 8;
/** Characters of one captured text, and of all together. */
const MAX_CAPTURED = 20_000;
const MAX_ALL_CAPTURED = 1_000_000;

/** A session as Markdown for a bug report: what it was, what failed and what was around it, every event in order. */
export function reportOf(
  session: ApiEvents,
  context: ReportContext,
  { logs = new Map(), stacks = new Map() }: ReportedMore = {},
): string {
  const placed = session.events.map((event, i) => ({ event, place: session.offset + i + 1 }));
  const parts = [
    `# MCP session ${codeSpan(session.row.id)}`,
    factsOf(session.row),
    ...failuresOf(session, placed),
    '## Events',
    table(HEADERS, placed.map(rowOf)),
    ...(placed.length < session.total
      ? [`The first ${placed.length} of ${session.total} events. The OTLP export holds them all.`]
      : []),
    ...stacksOf(placed, stacks),
    ...logsOf(placed, logs),
    ...capturedOf(placed),
    `Recorded by OpenTelemetry, exported by mcp-sessionscope ${context.version} at ${utc(context.now)}.`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function factsOf(row: ApiRow): string {
  const client = [row.clientName, row.clientVersion].filter((part) => part !== undefined).join(' ');
  const facts: [string, string | undefined][] = [
    ['Client', client === '' ? undefined : codeSpan(client)],
    ['Server', named(row.service)],
    ['Client side', named(row.seenByClient)],
    ['Protocol', named(row.protocolVersion)],
    ['Transport', named(transportText(row))],
    ['Source of the id', named(row.source)],
    ['Conversation', named(row.conversationId)],
    ['Key of its parts', named(row.key)],
    ['Protocol session ids', namesOf(row.protocolSessionIds, row.hasMoreProtocolSessionIds)],
    ['Ids of other parts', namesOf(row.otherIds, row.parts > row.otherIds.length + 1)],
    ['Processes', row.processes === 1 ? undefined : String(row.processes)],
    ['Started', utc(row.startedMs)],
    ['Last seen', utc(row.lastSeenMs)],
    ['Duration', formatDuration(row.durationMs)],
    ['Status', row.endReason === undefined ? row.status : `${row.status} (${codeSpan(row.endReason)})`],
    ['Waiting', named(waitingText(row.openRequests, row.startedMs + row.durationMs, formatDuration))],
    ['Calls', String(row.calls)],
    ['Errors', String(row.errors)],
    ['Requests', row.requestSize === undefined ? undefined : formatCost(row.requestSize)],
    ['Responses', row.responseSize === undefined ? undefined : formatCost(row.responseSize)],
    ['Tools called', namesOf(row.tools, row.hasMoreTools)],
    ...caveatsOf(row).map((caveat): [string, string] => ['Not certain', caveat]),
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
  return table(['', ''], known);
}

function failuresOf({ failures, offset }: ApiEvents, placed: readonly Placed[]): string[] {
  const failed = failures.map((place) => place - offset).filter((at) => placed[at] !== undefined);
  if (failed.length === 0) return [];
  const shown = failed.slice(0, MAX_FAILURES);
  const retries = new Map(retriesOf(placed.map(({ event }) => event)).map((retry) => [retry.failed, retry]));
  return [
    '## Failures and what was around them',
    ...shown.flatMap((at) => failureOf(placed, at, retries.get(at))),
    ...(failed.length > shown.length ? [`${failed.length - shown.length} more failed: see below.`] : []),
  ];
}

function failureOf(placed: readonly Placed[], at: number, retry: Retry | undefined): string[] {
  const { event, place } = placed[at]!;
  const around = placed.slice(Math.max(0, at - NEIGHBOURS), at + NEIGHBOURS + 1);
  const rows = around.map((each) => {
    const [number, ...cells] = rowOf(each);
    return [each.place === place ? `**→ ${number}**` : number!, ...cells];
  });
  return [
    `### ${place}. ${codeSpan(event.type)} failed`,
    idsOf(event),
    ...(retry === undefined ? [] : [sentenceOf(retry, placed)]),
    table(HEADERS, rows),
  ];
}

function idsOf({ traceId, spanId, requestId, rpcId }: ApiEvent): string {
  const ids = [
    ['Trace', traceId],
    ['span', spanId],
    ['request', requestId],
    ['JSON-RPC', rpcId],
  ] as const;
  return ids.flatMap(([name, id]) => (id === undefined ? [] : [`${name} ${codeSpan(id)}`])).join(', ');
}

function sentenceOf({ again, gapMs, outcome }: Retry, placed: readonly Placed[]): string {
  return `Called again ${formatDuration(gapMs)} later (${placed[again]!.place}): it ${outcome}.`;
}

function rowOf({ event, place }: Placed): string[] {
  return [
    String(place),
    utc(event.timeMs).slice(11, 23),
    `${'&emsp;'.repeat(Math.min(event.depth ?? 0, MAX_INDENTS))}${codeSpan(event.type)}`,
    event.latencyMs === undefined ? '' : formatDuration(event.latencyMs),
    event.responseSize === undefined ? '' : formatSize(event.responseSize),
    event.status === 'error' ? '**error**' : (event.status ?? ''),
    outcomeOf(event),
  ];
}

function outcomeOf(event: ApiEvent): string {
  const notes = sideNotes(event);
  const error = event.status === 'url_required' ? URL_REQUIRED_TEXT : codeSpan(event.error ?? '');
  return [error, ...(notes.length === 0 ? [] : [codeSpan(notes.join('; '))])]
    .filter((part) => part !== '')
    .join(' ');
}

function capturedOf(placed: readonly Placed[]): string[] {
  const blocks: string[] = [];
  let length = 0;
  let leftOut = 0;
  for (const { event, place } of placed) {
    const texts = [
      ['Arguments', event.arguments],
      ['Result', event.result],
    ] as const;
    for (const [name, text] of texts) {
      if (text === undefined) continue;
      if (length > MAX_ALL_CAPTURED) leftOut += 1;
      else
        blocks.push(
          `### ${place}. ${codeSpan(event.type)}: ${name.toLowerCase()}`,
          fenced(text, MAX_CAPTURED),
        );
      length += Math.min(text.length, MAX_CAPTURED);
    }
  }
  if (blocks.length === 0) return [];
  const note = 'As captured: the server redacted and cut the values before they were recorded.';
  const rest = leftOut === 0 ? [] : [`${leftOut} more are left out. The OTLP export holds them all.`];
  return ['## Captured arguments and results', note, ...blocks, ...rest];
}

function namesOf(names: readonly string[], hasMore: boolean): string | undefined {
  if (names.length === 0) return undefined;
  return [...names.map((name) => codeSpan(name)), ...(hasMore ? ['…'] : [])].join(', ');
}

function named(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : codeSpan(text);
}

/** `2026-11-20T13:00:00.000Z`. */
function utc(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
