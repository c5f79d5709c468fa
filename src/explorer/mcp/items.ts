import * as z from 'zod';
import { eventJson, sessionJson } from '../sessions/json.ts';
import { SOURCES } from '../sessions/sources.ts';
import type { ListedEvent, NumberedRow } from '../store/answers.ts';
import { formatDuration } from '../text/format.ts';
import { listNames } from '../text/names.ts';
import { URL_REQUIRED_TEXT } from '../text/url-required.ts';
import type { Item } from './answer.ts';
import { clean, cleanFields, cleanId, counted, MAX_CAPTURED, MAX_ERROR } from './clean.ts';

/** Of tools and other ids. */
const MAX_NAMES = 50;
const MAX_LISTED = 100;

const text = z.string().nullable();

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
  transport: text,
  startedAt: z.string(),
  lastSeenAt: z.string(),
  durationMs: z.number(),
  calls: z.number().describe('Requests received.'),
  errors: z.number().describe('Requests that failed: answered with an error, or never.'),
  status: z.string().describe('active; ended; lost: never ended, and silent for too long.'),
  endReason: text,
  tools: z.array(z.string()).describe('Tools called.'),
  hasMoreTools: z.boolean(),
  caveats: z.array(z.string()).describe('What the row cannot know.'),
});

export const eventSchema = z.object({
  time: z.string(),
  kind: z.string().describe('session, request, notification, sent (by the server), custom.'),
  type: z.string().describe('Such as `tools/call get_weather`.'),
  method: text,
  target: text.describe('Tool, prompt or resource.'),
  latencyMs: z.number().nullable(),
  status: text.describe(`ok; error; cancelled; url_required: the answer ${URL_REQUIRED_TEXT}.`),
  error: text,
  arguments: text.optional().describe('JSON text; null where it was not captured.'),
  result: text.optional().describe('JSON text; null where it was not captured.'),
  toolNames: z.array(z.string()).optional().describe('What `tools/list` answered; at most 100.'),
  toolCount: z.number().optional().describe('How many tools that were, where more than are named.'),
  requestId: text,
  traceId: z.string(),
  spanId: z.string(),
});

export function sessionItem(row: NumberedRow): Item {
  const { id, tools, hasMoreTools, otherIds, protocolSessionIds, ...fields } = sessionJson(row);
  const shown = tools.slice(0, MAX_NAMES).map((name) => clean(name));
  const json = {
    id: cleanId(id),
    ...cleanFields(fields),
    otherIds: otherIds.slice(0, MAX_NAMES).map(cleanId),
    protocolSessionIds: protocolSessionIds.map(cleanId),
    tools: shown,
    hasMoreTools: hasMoreTools || tools.length > MAX_NAMES,
  };
  const client = clientText(json);
  const status = json.endReason === null ? json.status : `${json.status} (${json.endReason})`;
  const names = listNames([...shown, ...(json.hasMoreTools ? ['…'] : [])]);
  const parts = [
    json.id,
    client,
    ...(json.service === null ? [] : [`server ${json.service}`]),
    `started ${json.startedAt}`,
    formatDuration(json.durationMs),
    status,
    counted(json.calls, 'call'),
    counted(json.errors, 'error'),
    ...(names === '' ? [] : [`tools: ${names}`]),
    ...(json.conversationId === null ? [] : [`conversation ${json.conversationId}`]),
    ...(json.parts === 1
      ? []
      : [`${json.parts} parts of ${counted(json.processes, 'process', 'processes')}`]),
  ];
  return { json, lines: [`- ${parts.join(' | ')}`, ...json.caveats.map((caveat) => `    ${caveat}`)] };
}

export function eventItem(event: ListedEvent, { withArguments }: { withArguments: boolean }): Item {
  const {
    arguments: given,
    result,
    ...fields
  } = cleanFields(eventJson(event), {
    type: 2 * 120,
    error: MAX_ERROR,
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
  };
  return { json, lines: [eventLine(event, json), ...detailLines(json)] };
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

type EventFields = Pick<ReturnType<typeof eventJson>, 'time' | 'type' | 'status' | 'error'>;

function eventLine({ latencyMs }: ListedEvent, { time, type, status, error }: EventFields): string {
  const parts = [
    time,
    type,
    ...(latencyMs === undefined ? [] : [formatDuration(latencyMs)]),
    ...(status === null ? [] : [status]),
    ...(error === null ? [] : [error]),
    ...(status === 'url_required' ? [URL_REQUIRED_TEXT] : []),
  ];
  return `- ${parts.join(' | ')}`;
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
