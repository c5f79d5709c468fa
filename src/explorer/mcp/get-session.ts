import * as z from 'zod';
import type { EventPage, NumberedRow } from '../store/answers.ts';
import { firstLinesOf } from '../store/first-lines.ts';
import type { SessionStore } from '../store/types.ts';
import { answerOf, commonOutput, fitting } from './answer.ts';
import { cursorArgument, given, limitArgument, WrongArgumentError } from './arguments.ts';
import { clean, cleanId } from './clean.ts';
import { type Question, readCursor, writeCursor } from './cursor.ts';
import { clientText, eventItem, eventSchema, sessionItem, sessionSchema } from './items.ts';
import { lookAgain, type Recorded } from './recorded.ts';
import { createTool } from './tool.ts';

const DESCRIPTION = `Shows one recorded session and its events in order: every request, notification and message of the server, with latency, status, error and log lines. Use it to see what a client did before and after something failed. Ids come from list_sessions and find_errors.`;

const input = z.strictObject({
  session_id: z.string().min(1).describe('Id of the session; its beginning is enough.'),
  include_arguments: z
    .boolean()
    .default(false)
    .describe(
      'Also the arguments and results of calls, cut at 2,000 characters, where the server captured them.',
    ),
  include_logs: z
    .boolean()
    .default(true)
    .describe('Also the log lines that belong to the events: of each the first 10, cut at 500 characters.'),
  ...limitArgument(100, 500),
  ...cursorArgument,
});
type Input = z.infer<typeof input>;

const output = z.object({
  session: sessionSchema,
  total: z.number().describe('Events of the session.'),
  events: z.array(eventSchema),
  ...commonOutput,
});

const MAX_CANDIDATES = 20;
/** Log lines of one event. */
const MAX_LOGS = 10;
/** Of one look for the event that a page ended with. */
const BATCH = 500;

export const getSession = createTool({
  name: 'get_session',
  title: 'Get a session',
  description: DESCRIPTION,
  input,
  output,
  answer,
});

async function answer(
  { cursor, limit, session_id, include_arguments: withArguments, include_logs }: Input,
  recorded: Recorded,
) {
  const { store } = recorded;
  const notes = await lookAgain(recorded);
  const id = theOne(session_id.trim(), store);
  const question: Question = { tool: 'get_session', arguments: { id } };
  const offset = given(cursor) === undefined ? 0 : await placeBehind(cursor as string, question, id, store);
  const { row, total, events } = await pageOf(store, id, offset, limit);
  const logs = include_logs ? await firstLinesOf(store, id, events, MAX_LOGS) : undefined;
  const items = fitting(events.map((event) => eventItem(event, { withArguments, logs: logs?.get(event) })));
  const session = sessionItem(row);
  const end = offset + items.length;
  const last = events[items.length - 1];
  const nextCursor =
    last === undefined || end >= total ? null : writeCursor(question, [end - 1, last.traceId, last.spanId]);
  const shown = items.length === total ? `${total} events` : `Events ${offset + 1} to ${end} of ${total}`;
  return answerOf(
    { session: session.json, total, events: items.map(({ json }) => json) },
    { head: [...session.lines, `${shown}, in order of time (UTC):`], items, nextCursor, notes },
  );
}

function theOne(typed: string, store: SessionStore): string {
  const found = store.resolveId(typed);
  const [id] = found;
  if (id === undefined) {
    throw new WrongArgumentError(`No session has an id like ${clean(typed)}: list_sessions shows the ids.`);
  }
  if (found.length === 1) return id;
  const candidates = found.slice(0, MAX_CANDIDATES).map((each) => candidateLine(each, store.row(each)));
  const more = found.length > MAX_CANDIDATES ? [`- and ${found.length - MAX_CANDIDATES} more`] : [];
  throw new WrongArgumentError(
    [
      `${clean(typed)} could be any of these ${found.length} sessions; give more of the id:`,
      ...candidates,
      ...more,
    ].join('\n'),
  );
}

function candidateLine(id: string, row: NumberedRow | undefined): string {
  if (row === undefined) return `- ${cleanId(id)}`;
  const { clientName = null, clientVersion = null, startedMs } = row;
  const client = clean(clientText({ clientName, clientVersion }));
  return `- ${cleanId(id)} | ${client} | started ${new Date(startedMs).toISOString()}`;
}

async function pageOf(store: SessionStore, id: string, offset: number, limit: number): Promise<EventPage> {
  const page = await store.events(id, { offset, limit });
  if (page === undefined) throw new Error(`session ${cleanId(id)} was removed while it was read`);
  return page;
}

/**
 * Where the next page begins: behind the last event of the page before. A span is written when it ends, so others may
 * have come to stand before it since.
 */
async function placeBehind(
  cursor: string,
  question: Question,
  id: string,
  store: SessionStore,
): Promise<number> {
  const [place, traceId, spanId] = readCursor(cursor, question, POSITION);
  for (let offset = place; ; offset += BATCH) {
    const { events, total } = await pageOf(store, id, offset, BATCH);
    const found = events.findIndex((event) => event.spanId === spanId && event.traceId === traceId);
    if (found !== -1) return offset + found + 1;
    if (offset + BATCH >= total) break;
  }
  throw new WrongArgumentError(
    'The event that the page before ended with is no longer recorded: leave the cursor out to begin anew.',
  );
}

const POSITION = z.tuple([z.number().int().min(0), z.string(), z.string()]);
