import * as z from 'zod';
import { errorRateOf, SESSION_STATUSES } from '../sessions/row.ts';
import type { NumberedRow, SessionQuery } from '../store/answers.ts';
import type { SessionStore } from '../store/types.ts';
import { answerOf, commonOutput, fitting } from './answer.ts';
import { cursorArgument, given, limitArgument, serviceArgument, timeArguments } from './arguments.ts';
import { countedOf } from './clean.ts';
import { sessionItem, sessionSchema } from './items.ts';
import type { Recorded } from './recorded.ts';
import { type AskedPage, createListTool } from './tool.ts';

const SORTS = ['started', 'duration', 'calls', 'errors', 'error_rate'] as const;
type Sort = (typeof SORTS)[number];

const DESCRIPTION = `Lists recorded client sessions of MCP servers: which client, when, how long, how many calls and errors, which tools it called, whether it is over. Use it to find a session, then get_session for what happened in it. For failures across sessions, find_errors is quicker.`;

const input = z.strictObject({
  search: z
    .string()
    .optional()
    .describe(
      'Words that all must match, in any case: part of a session id, client, tool, server, error text or method; a trace or request id (8 characters at least); "a phrase"; or in one field: session:, client:, tool:, server:, error:, type:, method:, trace:, request:, status:.',
    ),
  client: z.string().optional().describe('Part of the name or version.'),
  tool: z.string().optional().describe('Only sessions that called this tool.'),
  status: z.enum(SESSION_STATUSES).optional(),
  ...serviceArgument,
  ...timeArguments,
  only_errors: z.boolean().optional().describe('Only sessions with errors.'),
  sort: z
    .enum(SORTS)
    .default('started')
    .describe('Newest, longest, or most first; error_rate: errors of calls.'),
  ...limitArgument(20, 100),
  ...cursorArgument,
});
type Input = z.infer<typeof input>;

const output = z.object({
  total: z.number().describe('Sessions that match.'),
  sessions: z.array(sessionSchema),
  ...commonOutput,
});

const VALUES: Readonly<Record<Sort, (row: NumberedRow) => number>> = {
  started: ({ startedMs }) => startedMs,
  duration: ({ durationMs }) => durationMs,
  calls: ({ calls }) => calls,
  errors: ({ errors }) => errors,
  error_rate: errorRateOf,
};
const ORDERS: Readonly<Record<Sort, string>> = {
  started: 'newest first',
  duration: 'longest first',
  calls: 'most calls first',
  errors: 'most errors first',
  error_rate: 'highest share of errors first',
};
/** What grows while pages are read. */
const COUNTED: ReadonlySet<Sort> = new Set<Sort>(['calls', 'errors', 'error_rate']);
const BATCH = 500;

/** Id, and what counts in the order. */
const position = z.tuple([z.string(), z.number()]);
type Position = z.infer<typeof position>;

export const listSessions = createListTool({
  name: 'list_sessions',
  title: 'List sessions',
  description: DESCRIPTION,
  input,
  output,
  position,
  answer,
});

async function answer(page: AskedPage<Input, Position>, { store }: Recorded) {
  const { args, limit, behind, notes, cursorBehind } = page;
  const order = await store.find(queryOf(page));
  const from = behind === undefined ? 0 : placeBehind(behind, order, store, args.sort);
  const rows = store.rows(order.slice(from, from + limit));
  const items = fitting(rows.map(sessionItem));
  const last = rows[items.length - 1];
  const isEnd = last === undefined || from + items.length >= order.length;
  const nextCursor = isEnd ? null : cursorBehind([last.id, VALUES[args.sort](last)]);
  const shown = countedOf(items.length, order.length, 'session');
  return answerOf(
    { total: order.length, sessions: items.map(({ json }) => json) },
    { head: [`${shown}, ${ORDERS[args.sort]}:`], items, nextCursor, notes },
  );
}

function queryOf({ args, range }: AskedPage<Input, Position>): SessionQuery {
  const { from, to, service } = range;
  const [q, client, tool] = [given(args.search), given(args.client), given(args.tool)];
  return {
    ...(q !== undefined && { q }),
    ...(client !== undefined && { clientPart: client }),
    ...(tool !== undefined && { tool }),
    ...(args.status !== undefined && { status: args.status }),
    ...(service !== undefined && { service }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(args.only_errors === true && { errors: true }),
    sort: args.sort,
    order: 'desc',
  };
}

/**
 * Where the next page begins: behind the last session of the page before. Where that one has gone, or counts more than
 * it did, and so has moved up, behind those that count more than it did then.
 */
function placeBehind(
  [id, value]: Position,
  order: readonly number[],
  store: SessionStore,
  sort: Sort,
): number {
  const row = store.row(id);
  const hasMoved = row === undefined || (COUNTED.has(sort) && VALUES[sort](row) !== value);
  const place = hasMoved ? -1 : order.indexOf(row.n);
  if (place !== -1) return place + 1;
  for (let start = 0; start < order.length; start += BATCH) {
    const rows = store.rows(order.slice(start, start + BATCH));
    const found = rows.findIndex((each) => VALUES[sort](each) <= value);
    if (found !== -1) return start + found;
  }
  return order.length;
}
