import * as z from 'zod';
import { mostCostly, tokensOf } from '../sessions/sizes.ts';
import type { ListSize, ToolClient, ToolClients, ToolFigures } from '../store/answers.ts';
import type { Range } from '../store/types.ts';
import { formatCost, formatDuration } from '../text/format.ts';
import { listNames } from '../text/names.ts';
import { estimatedTokens } from '../text/tokens.ts';
import { answerOf, commonOutput, fitting, type Item } from './answer.ts';
import { cursorArgument, limitArgument, serviceArgument, timeArguments } from './arguments.ts';
import { clean, counted, countedOf } from './clean.ts';
import type { Recorded } from './recorded.ts';
import { type AskedPage, createListTool } from './tool.ts';

const DESCRIPTION = `Lists the tools of the recorded MCP servers: whether clients were shown them, which clients have not discovered them, calls, errors by type, latency percentiles, the last call. Use it to see what is used, what is slow, what fails, and whether a new tool is found. Does not list the tools of this server.`;

const input = z.strictObject({
  ...serviceArgument,
  ...timeArguments,
  ...limitArgument(50, 100),
  ...cursorArgument,
});
type Input = z.infer<typeof input>;

const count = z.object({ type: z.string(), count: z.number() });
const figure = z.number().nullable();

const output = z.object({
  total: z.number().describe('Tools in that time.'),
  clients: z.number().describe('Clients with a session in that time; a client is a name.'),
  lists: z
    .array(z.object({ service: z.string().nullable(), size: z.number(), estimatedTokens: z.number() }))
    .describe(
      'Bytes of the newest list of tools of each server, as JSON; tokens are an estimate, bytes / 4.',
    ),
  tools: z.array(
    z.object({
      name: z.string(),
      services: z.array(z.string()).describe('Servers that have it.'),
      isListed: z
        .boolean()
        .nullable()
        .describe(
          'Whether an answer to tools/list named it; null: unknown, the answers are recorded in part.',
        ),
      seenBy: z.number().describe('Clients that were shown it.'),
      seenByClients: z.array(z.string()),
      notSeenBy: z
        .array(z.string())
        .describe('Clients of a server that lists it, which were not shown it. At most 20 are named.'),
      notSeenByCount: z.number(),
      maybeSeenByCount: z.number().describe('Clients whose answers to tools/list are recorded in part.'),
      calls: z.number(),
      requestSize: figure.describe('Bytes of all calls, as JSON.'),
      responseSize: figure.describe('Bytes of all answers to them.'),
      estimatedTokens: figure.describe('Of both: an estimate, bytes / 4. The highest costs most.'),
      p50ResponseSize: figure.describe('Bytes of one answer.'),
      p95ResponseSize: figure,
      errors: z.number(),
      errorTypes: z.array(count).describe('Most frequent first.'),
      p50Ms: figure,
      p95Ms: figure,
      p99Ms: figure,
      lastCallAt: z.string().nullable(),
    }),
  ),
  ...commonOutput,
});

const MAX_NAMES = 20;
/** Tools that are said to cost most. */
const MOST_COSTLY = 3;

/** Its name. */
const position = z.tuple([z.string()]);

export const listTools = createListTool({
  name: 'list_tools',
  title: 'List recorded tools',
  description: DESCRIPTION,
  input,
  output,
  position,
  answer,
});

async function answer(
  { range, limit, behind, notes, cursorBehind }: AskedPage<Input, z.infer<typeof position>>,
  { store }: Recorded,
) {
  const { tools, clients, lists } = store.tools(range);
  const byName = [...tools].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rest = behind === undefined ? byName : byName.filter(({ name }) => name > behind[0]);
  const page = rest.slice(0, limit);
  const found = store.toolClients(
    page.map(({ name }) => name),
    range,
  );
  const items = fitting(page.map((tool, i) => toolItem(tool, found[i] as ToolClients)));
  const last = page[items.length - 1];
  const nextCursor = last === undefined || items.length === rest.length ? null : cursorBehind([last.name]);
  const shown = countedOf(items.length, tools.length, 'tool');
  return answerOf(
    {
      total: tools.length,
      clients,
      lists: lists.map(({ service, bytes }) => listJson(service, bytes)),
      tools: items.map(({ json }) => json),
    },
    {
      head: [
        `${shown} by name${timeText(range)}; ${counted(clients, 'client')}:`,
        ...costLines(tools, lists),
      ],
      items,
      nextCursor,
      notes,
    },
  );
}

function toolItem(tool: ToolFigures, { seen, notSeen, maybeSeen }: ToolClients): Item {
  const json = {
    name: clean(tool.name),
    services: tool.services.slice(0, MAX_NAMES).map((name) => clean(name)),
    isListed: tool.isListed ?? null,
    seenBy: tool.seenBy,
    seenByClients: namesOf(seen),
    notSeenBy: namesOf(notSeen),
    notSeenByCount: notSeen.length,
    maybeSeenByCount: maybeSeen.length,
    calls: tool.calls,
    requestSize: tool.requestSize ?? null,
    responseSize: tool.responseSize ?? null,
    estimatedTokens: tokensOf(tool) ?? null,
    p50ResponseSize: rounded(tool.p50Size),
    p95ResponseSize: rounded(tool.p95Size),
    errors: tool.errors,
    errorTypes: tool.errorTypes.map((each) => ({ ...each, type: clean(each.type) })),
    p50Ms: rounded(tool.p50Ms),
    p95Ms: rounded(tool.p95Ms),
    p99Ms: rounded(tool.p99Ms),
    lastCallAt: tool.lastCallMs === undefined ? null : new Date(tool.lastCallMs).toISOString(),
  };
  const parts = [
    json.name,
    ...(json.services.length === 0 ? [] : [`server ${listNames(json.services)}`]),
    listedText(json),
    ...(notSeen.length === 0 ? [] : [`not seen by ${namesText(json.notSeenBy, notSeen.length)}`]),
    ...(maybeSeen.length === 0 ? [] : [`maybe seen by ${counted(maybeSeen.length, 'client')} more`]),
    counted(json.calls, 'call'),
    `${counted(json.errors, 'error')}${errorsText(json.errorTypes)}`,
    ...latencyText(json),
    ...(json.responseSize === null ? [] : [`answers ${formatCost(json.responseSize)}`]),
    ...(json.lastCallAt === null ? [] : [`last call ${json.lastCallAt}`]),
  ];
  return { json, lines: [`- ${parts.join(' | ')}`] };
}

function listJson(service: string | undefined, bytes: number) {
  return {
    service: service === undefined ? null : clean(service),
    size: bytes,
    estimatedTokens: estimatedTokens(bytes),
  };
}

/** What a model pays before it calls anything, and for what it pays most. */
function costLines(tools: readonly ToolFigures[], lists: readonly ListSize[]): string[] {
  const costly = mostCostly(tools, MOST_COSTLY).map(
    (tool) => `${clean(tool.name)} (${formatCost((tool.requestSize ?? 0) + (tool.responseSize ?? 0))})`,
  );
  return [
    ...lists.slice(0, MAX_NAMES).map(({ service, bytes }) => {
      const server = service === undefined ? '' : ` of ${clean(service)}`;
      return `The list of tools${server}: ${formatCost(bytes)}.`;
    }),
    ...(costly.length === 0 ? [] : [`Cost most: ${costly.join('; ')}.`]),
  ];
}

function listedText({ isListed, seenBy }: { isListed: boolean | null; seenBy: number }): string {
  if (isListed === null) return 'unknown whether listed';
  return isListed ? `listed, seen by ${counted(seenBy, 'client')}` : 'not listed';
}

function latencyText({ p50Ms, p95Ms, p99Ms }: Record<'p50Ms' | 'p95Ms' | 'p99Ms', number | null>): string[] {
  if (p50Ms === null || p95Ms === null || p99Ms === null) return [];
  return [`p50 ${formatDuration(p50Ms)}, p95 ${formatDuration(p95Ms)}, p99 ${formatDuration(p99Ms)}`];
}

function errorsText(types: readonly { type: string; count: number }[]): string {
  return types.length === 0 ? '' : ` (${types.map(({ type, count }) => `${type}: ${count}`).join(', ')})`;
}

function namesText(names: readonly string[], count: number): string {
  const more = count > names.length ? [`and ${count - names.length} more`] : [];
  return [listNames(names), ...more].join(', ');
}

function namesOf(clients: readonly ToolClient[]): string[] {
  return clients.slice(0, MAX_NAMES).map(({ name }) => clean(name));
}

function rounded(millis: number | undefined): number | null {
  return millis === undefined ? null : Math.round(millis * 1_000) / 1_000;
}

function timeText({ from, to }: Range): string {
  const since = from === undefined ? '' : ` since ${new Date(from).toISOString()}`;
  return to === undefined ? since : `${since} until ${new Date(to).toISOString()}`;
}
