import * as z from 'zod';
import { eventJson, logJson, sessionJson } from '../sessions/json.ts';
import { type LogLine, logText, moreLines } from '../sessions/log-text.ts';
import { sideNotes } from '../sessions/side-text.ts';
import { SOURCES } from '../sessions/sources.ts';
import { waitingText } from '../sessions/waiting-text.ts';
import type { ListedEvent, NumberedRow } from '../store/answers.ts';
import { formatCost, formatDuration } from '../text/format.ts';
import { listNames } from '../text/names.ts';
import { transportText } from '../text/transport.ts';
import { URL_REQUIRED_TEXT } from '../text/url-required.ts';
import type { Item } from './answer.ts';
import { clean, cleanFields, cleanId, counted, MAX_CAPTURED, MAX_ERROR, MAX_LOG } from './clean.ts';

/** Of tools and other ids. */
const MAX_NAMES = 50;
const MAX_LISTED = 100;
const MAX_WAITING = 200;

const text = z.string().nullable();

const sizeFields = {
  requestSize: z.number().nullable().describe('Bytes of what the client sent, as JSON.'),
  responseSize: z.number().nullable().describe('Bytes of what answered it.'),
  estimatedTokens: z.number().nullable().describe('Of both: an estimate, bytes / 4.'),
};

/** The fields of `mcp-sessionscope sessions --json`. */
export const sessionSchema = z.object({
  id: z.string().describe('What `get_session` takes.'),
  otherIds: z.array(z.string()).describe('Ids of its other parts; each leads to it. At most 50 are named.'),
  parts: z.number().describe('How many ids stand for it: processes may record one session under several.'),
  processes: z.number().describe('How many recorded it.'),
  source: text.describe(
    `What made its requests a session: ${Object.entries(SOURCES)
      .map(([source, words]) => `${source} (${words})`)
      .join('; ')}.`,
  ),
  conversationId: text.describe("The client's own word for the conversation."),
  protocolSessionIds: z.array(z.string()).describe('Ids of the protocol, where the session has another.'),
  hasMoreProtocolSessionIds: z.boolean(),
  service: text.describe('The server.'),
  clientName: text,
  clientVersion: text,
  protocolVersion: text,
  transport: text.describe('tcp: HTTP; pipe: stdio.'),
  sender: text.describe(
    'The instrumentation that recorded it, where that is another; its end is not known then.',
  ),
  seenByClient: text.describe(
    'Service of the client, where that recorded the session too; alone, where the source is client.',
  ),
  startedAt: z.string(),
  lastSeenAt: z.string(),
  durationMs: z.number(),
  calls: z.number().describe('Requests received.'),
  errors: z.number().describe('Requests that failed: answered with an error, or never.'),
  status: z.string().describe('active; ended; lost: never ended, and silent for too long.'),
  endReason: text,
  tools: z.array(z.string()).describe('Tools called.'),
  hasMoreTools: z.boolean(),
  openRequests: z
    .array(z.object({ name: z.string(), since: z.string() }))
    .describe('What it waits for while it is active, as last reported: requests without an answer yet.'),
  key: text.describe('What its parts have in common where they have ids of their own.'),
  caveats: z.array(z.string()).describe('What the row cannot know.'),
  ...sizeFields,
});

const logSchema = z.object({
  time: z.string(),
  severity: text,
  logger: text,
  text: z.string(),
  attributes: text.describe('JSON text.'),
});

export const eventSchema = z.object({
  time: z.string(),
  kind: z.string().describe('session, request, notification, sent (by the server), custom.'),
  type: z.string().describe('Such as `tools/call get_weather`.'),
  method: text,
  target: text.describe('Tool, prompt or resource.'),
  latencyMs: z.number().nullable(),
  networkMs: z
    .number()
    .nullable()
    .describe('Where both sides recorded it: how long it took the one who asked, less how long the other.'),
  status: text.describe(`ok; error; cancelled; url_required: the answer ${URL_REQUIRED_TEXT}.`),
  error: text,
  clientError: text.describe('What the client made of an answer that was no error.'),
  side: text.describe('client: only the client recorded it; it is not counted.'),
  arguments: text.optional().describe('JSON text; null where it was not captured.'),
  result: text.optional().describe('JSON text; null where it was not captured.'),
  toolNames: z.array(z.string()).optional().describe('What `tools/list` answered; at most 100.'),
  toolCount: z.number().optional().describe('How many tools that were, where more than are named.'),
  ...sizeFields,
  requestId: text,
  traceId: z.string(),
  spanId: z.string(),
  message: logSchema.optional().describe('What a `notifications/message` of the server says.'),
  logCount: z.number().optional().describe('Log lines that belong to it.'),
  logs: z.array(logSchema).optional().describe('The first of them; at most 10.'),
});

export interface EventDetails {
  readonly withArguments: boolean;
  /** The first of its log lines. */
  readonly logs?: readonly LogLine[] | undefined;
}

export function sessionItem(row: NumberedRow): Item {
  const { id, tools, hasMoreTools, otherIds, protocolSessionIds, openRequests, ...fields } = sessionJson(row);
  const shown = tools.slice(0, MAX_NAMES).map((name) => clean(name));
  const json = {
    id: cleanId(id),
    ...cleanFields(fields),
    otherIds: otherIds.slice(0, MAX_NAMES).map(cleanId),
    protocolSessionIds: protocolSessionIds.map(cleanId),
    tools: shown,
    hasMoreTools: hasMoreTools || tools.length > MAX_NAMES,
    openRequests: openRequests.map((request) => cleanFields(request)),
  };
  const client = clientText(json);
  const status = json.endReason === null ? json.status : `${json.status} (${json.endReason})`;
  const names = listNames([...shown, ...(json.hasMoreTools ? ['…'] : [])]);
  const parts = [
    json.id,
    client,
    ...(json.service === null ? [] : [`server ${json.service}`]),
    ...(json.seenByClient === null ? [] : [`client side ${json.seenByClient}`]),
    ...transportParts(row),
    `started ${json.startedAt}`,
    formatDuration(json.durationMs),
    status,
    counted(json.calls, 'call'),
    counted(json.errors, 'error'),
    ...waitingParts(row),
    ...sizeText(json.responseSize),
    ...(names === '' ? [] : [`tools: ${names}`]),
    ...(json.conversationId === null ? [] : [`conversation ${json.conversationId}`]),
    ...(json.parts === 1
      ? []
      : [`${json.parts} parts of ${counted(json.processes, 'process', 'processes')}`]),
  ];
  return { json, lines: [`- ${parts.join(' | ')}`, ...json.caveats.map((caveat) => `    ${caveat}`)] };
}

export function eventItem(event: ListedEvent, { withArguments, logs }: EventDetails): Item {
  const {
    arguments: given,
    result,
    message: _,
    ...fields
  } = cleanFields(eventJson(event), {
    type: 2 * 120,
    error: MAX_ERROR,
    clientError: MAX_ERROR,
    arguments: MAX_CAPTURED,
    result: MAX_CAPTURED,
  });
  const toolNames = event.toolNames?.slice(0, MAX_LISTED).map((name) => clean(name));
  const toolCount = event.toolCount ?? event.toolNames?.length ?? 0;
  const json = {
    ...fields,
    ...(withArguments && { arguments: given, result }),
    ...(toolNames !== undefined && { toolNames }),
    ...(toolCount > (toolNames?.length ?? 0) && { toolCount }),
    ...logFields(event, logs),
  };
  return { json, lines: [eventLine(event, json), ...detailLines(json), ...logLines(json)] };
}

function logFields({ message, logs: logCount }: ListedEvent, logs: readonly LogLine[] | undefined) {
  return {
    ...(message !== undefined && { message: cleanLog(message) }),
    ...(logCount !== undefined && { logCount }),
    ...(logs !== undefined && logs.length > 0 && { logs: logs.map(cleanLog) }),
  };
}

function cleanLog(line: LogLine) {
  return cleanFields(logJson(line), { text: MAX_LOG, attributes: MAX_LOG });
}

type CleanLog = ReturnType<typeof cleanLog>;

function logLines({
  message,
  logs = [],
  logCount = 0,
}: {
  message?: CleanLog;
  logs?: readonly CleanLog[];
  logCount?: number;
}): string[] {
  const more = logCount - logs.length;
  return [
    ...(message === undefined ? [] : [`    message ${shownLog(message)}`]),
    ...logs.map((line) => `    log ${line.time} ${shownLog(line)}`),
    ...(more > 0 && logs.length > 0 ? [`    ${moreLines(more)}`] : []),
    ...(more > 0 && logs.length === 0 ? [`    ${counted(more, 'log line')}: see include_logs`] : []),
  ];
}

function shownLog({ severity, logger, text: said, attributes }: CleanLog): string {
  const line = logText({
    timeMs: 0,
    text: said,
    ...(severity !== null && { severity }),
    ...(logger !== null && { logger }),
  });
  return attributes === null ? line : `${line} ${attributes}`;
}

/** Name and version, for those who read. */
export function clientText({
  clientName,
  clientVersion,
}: {
  clientName: string | null;
  clientVersion: string | null;
}): string {
  return [clientName ?? 'unknown client', ...(clientVersion === null ? [] : [clientVersion])].join(' ');
}

type EventFields = Pick<
  ReturnType<typeof eventJson>,
  'time' | 'type' | 'status' | 'error' | 'clientError' | 'responseSize'
>;

function eventLine(
  { latencyMs, networkMs, side }: ListedEvent,
  { time, type, status, error, clientError, responseSize }: EventFields,
): string {
  const parts = [
    time,
    type,
    ...(latencyMs === undefined ? [] : [formatDuration(latencyMs)]),
    ...(status === null ? [] : [status]),
    ...(error === null ? [] : [error]),
    ...(status === 'url_required' ? [URL_REQUIRED_TEXT] : []),
    ...sideNotes({ networkMs, clientError: clientError ?? undefined, side }),
    ...sizeText(responseSize),
  ];
  return `- ${parts.join(' | ')}`;
}

function transportParts(row: NumberedRow): string[] {
  const text = transportText(row);
  return text === undefined ? [] : [`over ${clean(text)}`];
}

function waitingParts({ openRequests, startedMs, durationMs }: NumberedRow): string[] {
  // Of an active session the duration runs to now.
  const text = waitingText(openRequests, startedMs + durationMs, formatDuration);
  return text === undefined ? [] : [clean(text, MAX_WAITING)];
}

/** Of what a model reads. */
function sizeText(responseSize: number | null): string[] {
  return responseSize === null ? [] : [`answered ${formatCost(responseSize)}`];
}

function detailLines({
  arguments: given = null,
  result = null,
  toolNames,
  toolCount = 0,
}: {
  arguments?: string | null;
  result?: string | null;
  toolNames?: readonly string[];
  toolCount?: number;
}): string[] {
  const more = toolCount === 0 ? '' : `, and more: ${toolCount} in all`;
  return [
    ...(given === null ? [] : [`    arguments ${given}`]),
    ...(result === null ? [] : [`    result ${result}`]),
    ...(toolNames === undefined ? [] : [`    listed ${listNames(toolNames)}${more}`]),
  ];
}
