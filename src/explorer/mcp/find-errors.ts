import * as z from 'zod';
import type { Failure } from '../store/types.ts';
import { answerOf, commonOutput, fitting, type Item } from './answer.ts';
import { cursorArgument, given, limitArgument, serviceArgument, timeArguments } from './arguments.ts';
import { clean, cleanFields, cleanId, countedOf, MAX_ERROR } from './clean.ts';
import { groupItem, groupSchema, MAX_GROUPS } from './group-items.ts';
import { clientText, eventItem } from './items.ts';
import { findNeighbours, type Neighbours } from './neighbours.ts';
import type { Recorded } from './recorded.ts';
import { type AskedPage, createListTool } from './tool.ts';

const DESCRIPTION = `Finds all failed requests that were recorded, newest first: error text, client, tool, session, time, and what came directly before and after in that session. Also counts all matching failures by error type, and puts those together that are equal but for numbers, ids and paths: how many, since when, of which clients and servers. Use it for "what fails, for whom, since when"; then get_session for the whole story.`;

const input = z.strictObject({
  ...timeArguments,
  client: z.string().optional().describe('Part of the name or version of the client.'),
  tool: z.string().optional().describe('Only calls of this tool.'),
  ...serviceArgument,
  error_type: z
    .string()
    .optional()
    .describe('Only this type, as `types` has it: class of an exception, JSON-RPC code, tool_error …'),
  ...limitArgument(20, 100),
  ...cursorArgument,
});
type Input = z.infer<typeof input>;

const text = z.string().nullable();
const neighbour = z.object({ time: z.string(), type: z.string(), status: text, error: text }).nullable();

const output = z.object({
  total: z.number().describe('Failures that match.'),
  types: z
    .array(z.object({ type: z.string(), count: z.number() }))
    .describe('All of them, most frequent first.'),
  groups: z
    .array(groupSchema)
    .describe(
      `All of them by tool, else method, by type, and by text without numbers, ids, addresses and paths; most frequent first, at most ${MAX_GROUPS}; on the first page only.`,
    ),
  groupCount: z.number().describe('How many groups there are.'),
  errors: z.array(
    z.object({
      sessionId: text.describe('What `get_session` takes; null: the server records no client sessions.'),
      clientName: text,
      clientVersion: text,
      service: text,
      time: z.string(),
      type: z.string().describe('What failed, such as `tools/call get_weather`.'),
      method: text,
      target: text.describe('Tool, prompt or resource.'),
      errorType: z.string(),
      error: text,
      latencyMs: z.number().nullable(),
      requestId: text,
      traceId: text,
      spanId: z.string(),
      before: neighbour.describe('The event of the session directly before; null: none.'),
      after: neighbour.describe('The event directly after; null: none.'),
    }),
  ),
  ...commonOutput,
});

/** Time and span. */
const position = z.tuple([z.number(), z.string()]);

export const findErrors = createListTool({
  name: 'find_errors',
  title: 'Find errors',
  description: DESCRIPTION,
  input,
  output,
  position,
  answer,
});

async function answer(
  { args, range, limit, behind, notes, cursorBehind }: AskedPage<Input, z.infer<typeof position>>,
  recorded: Recorded,
) {
  const { store } = recorded;
  const filter = {
    ...range,
    client: given(args.client),
    tool: given(args.tool),
    errorType: given(args.error_type),
  };
  const { total, types, failures } = store.failures({
    ...filter,
    after: behind && { timeMs: behind[0], spanId: behind[1] },
    // One more tells whether anything follows.
    limit: limit + 1,
  });
  const page = failures.slice(0, limit);
  const found: Item[] = [];
  for (const failure of page) found.push(await errorItem(failure, recorded));
  const items = fitting(found);
  const last = page[items.length - 1];
  const isEnd = last === undefined || items.length === failures.length;
  const nextCursor = isEnd ? null : cursorBehind([last.timeMs, last.spanId]);
  const counts = types.map(({ type, count }) => ({ type: clean(type), count }));
  const { groups, left } = store.errorGroups(filter);
  const groupItems = behind === undefined ? groups.slice(0, MAX_GROUPS).map(groupItem) : [];
  const shown = countedOf(items.length, total, 'failure');
  const byType = counts.map(({ type, count }) => `${type}: ${count}`).join(', ');
  return answerOf(
    {
      total,
      types: counts,
      groups: groupItems.map(({ json }) => json),
      groupCount: groups.length + left.groups,
      errors: items.map(({ json }) => json),
    },
    {
      head: [
        ...(byType === '' ? [] : [`By type: ${byType}`]),
        ...(groupItems.length < 2 ? [] : ['Put together, most frequent first:']),
        ...(groupItems.length < 2 ? [] : groupItems.flatMap(({ lines }) => lines)),
        `${shown}, newest first (UTC):`,
      ],
      items,
      nextCursor,
      notes,
    },
  );
}

async function errorItem(failure: Failure, { store }: Recorded): Promise<Item> {
  const { sessionId, timeMs, spanId, type } = failure;
  const { event, before, after } = await findNeighbours(store, failure);
  const shown = event && eventItem(event, { withArguments: false }).json;
  const json = {
    sessionId: sessionId === undefined ? null : cleanId(sessionId),
    ...cleanFields({
      clientName: failure.clientName ?? null,
      clientVersion: failure.clientVersion ?? null,
      service: failure.service ?? null,
    }),
    time: new Date(timeMs).toISOString(),
    type: textOf(shown, 'type') ?? 'unknown',
    method: textOf(shown, 'method'),
    target: textOf(shown, 'target'),
    errorType: clean(type),
    error: textOf(shown, 'error'),
    latencyMs: shown === undefined ? null : (shown['latencyMs'] as number | null),
    requestId: textOf(shown, 'requestId'),
    traceId: textOf(shown, 'traceId'),
    spanId: clean(spanId),
    before: neighbourOf(before),
    after: neighbourOf(after),
  };
  const server = json.service === null ? '' : ` | server ${json.service}`;
  const session = json.sessionId === null ? 'no session' : `session ${json.sessionId}`;
  const head = `- ${json.time} | ${json.type} | ${json.error ?? json.errorType}`;
  return {
    json,
    lines: [
      `${head} | ${clientText(json)}${server} | ${session}`,
      ...neighbourLine('before', json.before),
      ...neighbourLine('after', json.after),
    ],
  };
}

function neighbourOf(event: Neighbours['before']) {
  if (event === undefined) return null;
  const { time, type, status, error } = eventItem(event, { withArguments: false }).json as Record<
    string,
    string
  >;
  return { time: String(time), type: String(type), status: status ?? null, error: error ?? null };
}

function neighbourLine(name: string, event: ReturnType<typeof neighbourOf>): string[] {
  if (event === null) return [];
  const parts = [event.type, event.status, event.error && clean(event.error, MAX_ERROR / 5)];
  return [`    ${name}: ${parts.filter((part) => part !== null).join(' | ')}`];
}

function textOf(json: Item['json'] | undefined, name: string): string | null {
  const value = json?.[name];
  return typeof value === 'string' ? value : null;
}
