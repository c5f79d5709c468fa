import { type Command, Option } from 'commander';
import { ProblemCount } from '../../explorer/recording/problems.ts';
import { openRecording, type Recording } from '../../explorer/recording/recording.ts';
import { collectLogs } from '../../explorer/sessions/collect-logs.ts';
import { eventsOf } from '../../explorer/sessions/events.ts';
import {
  matches,
  resolveId,
  resolveSaidId,
  type SessionFilter,
  shortIds,
} from '../../explorer/sessions/find.ts';
import { collectSession, listJoinedIds, listSessions, rowOfSpans } from '../../explorer/sessions/query.ts';
import { type RowTimes, SESSION_STATUSES, type SessionStatus } from '../../explorer/sessions/row.ts';
import { RecordingSearch } from '../../explorer/sessions/search-rows.ts';
import { createClock } from '../../explorer/text/format.ts';
import { visible } from '../../explorer/text/visible.ts';
import { defaultRecordingDir } from '../../sdk/export/recording-dir.ts';
import { CliError, type CliIo } from '../io.ts';
import { detailLines } from '../sessions/detail-view.ts';
import { detailJson, listJson } from '../sessions/json-view.ts';
import { listLines, type ViewContext } from '../sessions/list-view.ts';
import { createStyle } from '../terminal/style.ts';
import { lostAfterOption } from './lost-after.ts';
import { parseCount, parseSince, parseText } from './option-values.ts';

interface SessionsOptions {
  session?: string;
  search?: string;
  client?: string;
  tool?: string;
  status?: SessionStatus;
  since?: number;
  errors?: true;
  limit?: number;
  lostAfter: number;
  all?: true;
  json?: true;
}

const MAX_CANDIDATES = 20;
const LIST_ONLY = ['search', 'client', 'tool', 'status', 'since', 'errors', 'limit'];

const EXAMPLES = `
Without a path it reads $MCP_SESSIONSCOPE_DIR, else ~/.mcp-sessionscope.

Examples:
  mcp-sessionscope sessions --since 2h --errors
  mcp-sessionscope sessions --client inspector --tool create_payment
  mcp-sessionscope sessions --search 'error:"card declined" client:agent'
  mcp-sessionscope sessions --session 3f2a9c1b
  mcp-sessionscope sessions ./recordings --json | jq '.[].id'`;

/** Adds `sessions` to the program. */
export function registerSessions(program: Command, io: CliIo): void {
  program
    .command('sessions')
    .description('List the recorded client sessions, or the events of one.')
    .argument('[path]', 'folder, or one file, that the file exporter wrote')
    .addOption(
      new Option(
        '-s, --session <id>',
        'show the events of this session; the first characters of its id are enough, or of its conversation',
      )
        .argParser(parseText)
        .conflicts(LIST_ONLY),
    )
    .option(
      '--search <text>',
      'only sessions with all of these words: error text, tool, client, id …, or tool:NAME, error:TEXT …',
      parseText,
    )
    .option('--client <name>', 'only clients whose name or version contains this', parseText)
    .option('--tool <name>', 'only sessions that called a tool whose name contains this', parseText)
    .addOption(new Option('--status <status>', 'only sessions of this status').choices(SESSION_STATUSES))
    .option('--since <time>', 'only sessions open since then: 15m, 2h, 7d, or an ISO time', (text) =>
      parseSince(text, io.now()),
    )
    .option('--errors', 'only sessions with errors')
    .option('--limit <n>', 'only the newest n', parseCount)
    .addOption(lostAfterOption())
    .option('--all', 'with --session: interim reports of the session too')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action((path: string | undefined, options: SessionsOptions) => runSessions(path, options, io));
}

async function runSessions(path: string | undefined, options: SessionsOptions, io: CliIo): Promise<void> {
  if (options.all === true && options.session === undefined) {
    throw new CliError('--all goes with --session ID', 2);
  }
  const place = path ?? defaultRecordingDir(io.env, io.homedir);
  const recording = await openRecording(place);
  const problems = new ProblemCount();
  try {
    if (options.session === undefined) await printList(recording, place, options, problems, io);
    else await printDetail(recording, place, options.session, options, problems, io);
  } finally {
    const summary = problems.summary();
    if (summary !== undefined) io.stderr.write(`mcp-sessionscope: ${visible(summary)}\n`);
  }
}

async function printList(
  recording: Recording,
  place: string,
  options: SessionsOptions,
  problems: ProblemCount,
  io: CliIo,
): Promise<void> {
  const context = contextOf(io);
  const search = new RecordingSearch(options.search ?? '');
  const all = await listSessions(recording, timesOf(options, context), problems, search);
  const matching = all.filter((row) => matches(row, filterOf(options)) && search.finds(row));
  const rows = matching.slice(0, options.limit);
  if (options.json === true) io.stdout.write(listJson(rows));
  else if (rows.length > 0)
    print(listLines(rows, shortIds(all.flatMap(({ id, otherIds }) => [id, ...otherIds])), context), io);
  if (all.length === 0) note(`no MCP session is recorded in ${place}`, io);
  else if (rows.length === 0) note(noMatch(all.length, place), io);
  else if (rows.length < matching.length) {
    note(`showing the newest ${rows.length} of ${count(matching.length)} (--limit ${options.limit})`, io);
  }
}

async function printDetail(
  recording: Recording,
  place: string,
  typed: string,
  options: SessionsOptions,
  problems: ProblemCount,
  io: CliIo,
): Promise<void> {
  const context = contextOf(io);
  const joined = await listJoinedIds(recording, problems);
  const sameOf = new Map(joined.flatMap((same) => same.map((id) => [id, same])));
  const found = new Set(resolveId(sameOf.keys(), typed).map((id) => sameOf.get(id)?.[0] ?? id));
  const times = timesOf(options, context);
  // Others know a session by the id of its conversation, or by that of the protocol.
  const said =
    found.size === 0 ? resolveSaidId(await listSessions(recording, times, new ProblemCount()), typed) : [];
  const id = theOne([...found, ...said], typed, place);
  const spans = await collectSession(recording, sameOf.get(id) ?? [id]);
  const row = rowOfSpans(spans, times);
  if (row === undefined) throw new CliError(`session ${visible(id)} was removed while it was read`, 1);
  const events = eventsOf(spans, { withUpdates: options.all === true });
  const logs = await collectLogs(place, recording, events);
  if (options.json === true) io.stdout.write(detailJson(row, events, logs));
  else print(detailLines(row, events, logs, context), io);
}

function theOne(found: readonly string[], typed: string, place: string): string {
  const [id] = found;
  if (id === undefined) throw new CliError(`no session in ${place} has an id like ${visible(typed)}`, 1);
  if (found.length === 1) return id;
  const shown = found.slice(0, MAX_CANDIDATES).map((candidate) => `    ${visible(candidate)}`);
  const more = found.length > MAX_CANDIDATES ? [`    and ${found.length - MAX_CANDIDATES} more`] : [];
  throw new CliError([`${visible(typed)} could be any of these sessions:`, ...shown, ...more].join('\n'), 1);
}

function filterOf({ client, tool, status, since, errors }: SessionsOptions): SessionFilter {
  return { client, tool, status, sinceMs: since, onlyErrors: errors };
}

function timesOf({ lostAfter }: SessionsOptions, { now }: ViewContext): RowTimes {
  return { now, lostAfterMs: lostAfter };
}

function contextOf(io: CliIo): ViewContext {
  // A pipe or a file has no width: whatever reads it gets everything.
  const width = io.isTTY ? io.columns || 80 : undefined;
  return { style: createStyle(io), clock: createClock(io.timeZone), width, now: io.now() };
}

function print(lines: readonly string[], io: CliIo): void {
  io.stdout.write(`${lines.join('\n')}\n`);
}

function note(text: string, io: CliIo): void {
  io.stderr.write(`mcp-sessionscope: ${visible(text)}\n`);
}

function noMatch(sessions: number, place: string): string {
  return sessions === 1
    ? `the one session in ${place} does not match`
    : `none of the ${sessions} sessions in ${place} matches`;
}

function count(sessions: number): string {
  return sessions === 1 ? '1 session' : `${sessions} sessions`;
}
