import { type Command, InvalidArgumentError, Option } from 'commander';
import { ProblemCount } from '../../explorer/recording/problems.ts';
import { openRecording } from '../../explorer/recording/recording.ts';
import { SESSION_STATUSES, type SessionStatus } from '../../explorer/sessions/row.ts';
import { defaultRecordingDir } from '../../sdk/export/recording-dir.ts';
import { CliError, type CliIo } from '../io.ts';
import { printDetail } from '../sessions/detail.ts';
import { type ListOptions, printList } from '../sessions/list.ts';
import { note } from '../sessions/output.ts';
import { SORTS, type Sort, sortOf } from '../sessions/sort.ts';
import { lostAfterOption } from './lost-after.ts';
import { parseCount, parseText, parseTime } from './option-values.ts';

interface SessionsOptions {
  dir?: string;
  session?: string;
  search?: string;
  client?: string;
  service?: string;
  tool?: string;
  status?: SessionStatus;
  since?: number;
  until?: number;
  errors?: true;
  sort?: Sort;
  limit?: number;
  lostAfter: number;
  follow?: true;
  all?: true;
  json?: true;
}

const LIST_ONLY = [
  'search',
  'client',
  'service',
  'tool',
  'status',
  'since',
  'until',
  'errors',
  'sort',
  'limit',
  'follow',
];

const EXAMPLES = `
Without --dir it reads $MCP_SESSIONSCOPE_DIR, else ~/.mcp-sessionscope.

Examples:
  mcp-sessionscope sessions --since 2h --errors
  mcp-sessionscope sessions --client inspector --tool create_payment --sort errors
  mcp-sessionscope sessions --search 'error:"card declined" client:agent'
  mcp-sessionscope sessions --session 3f2a9c1b
  mcp-sessionscope sessions --follow
  mcp-sessionscope sessions --dir ./recordings --json | jq '.[].id'`;

/** Adds `sessions` to the program. */
export function registerSessions(program: Command, io: CliIo): void {
  const parse = (text: string): number => parseTime(text, io.now());
  program
    .command('sessions')
    .description('List the recorded client sessions, or the events of one.')
    .argument('[path]', 'folder, or one file, that the file exporter wrote; the same as --dir')
    .option('--dir <dir>', 'folder of the recording', parseText)
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
    .option('--service <name>', 'only sessions of servers whose name contains this', parseText)
    .option('--tool <name>', 'only sessions that called a tool whose name contains this', parseText)
    .addOption(new Option('--status <status>', 'only sessions of this status').choices(SESSION_STATUSES))
    .option('--since <time>', 'only sessions open since then: 15m, 2h, 7d, or an ISO time', parse)
    .option('--until <time>', 'only sessions that were open by then', parse)
    .option('--errors', 'only sessions with errors')
    .addOption(
      new Option(
        '--sort <column>',
        'what comes first; with :asc or :desc behind it, from the least or the most',
      )
        .choices(SORTS)
        .argParser(parseSort),
    )
    .option('--limit <n>', 'only the first n, which are the newest unless they are sorted', parseCount)
    .addOption(lostAfterOption())
    .addOption(
      new Option('-f, --follow', 'go on with what is new and what changes, until Ctrl-C').conflicts([
        'until',
        'sort',
      ]),
    )
    .option('--all', 'with --session: interim reports of the session too')
    .option('--json', 'print JSON; with --follow a line for each session')
    .addHelpText('after', EXAMPLES)
    .action((path: string | undefined, options: SessionsOptions) => runSessions(path, options, io));
}

async function runSessions(path: string | undefined, options: SessionsOptions, io: CliIo): Promise<void> {
  const { dir, session: typed, lostAfter: lostAfterMs, all, json = false } = options;
  const problem = contradiction(path, options);
  if (problem !== undefined) throw new CliError(problem, 2);
  const place = path ?? dir ?? defaultRecordingDir(io.env, io.homedir);
  if (options.follow === true) {
    // The store is what the other ways need nothing of.
    const { followSessions } = await import('../sessions/follow.ts');
    return followSessions(place, listOptions(options), io);
  }
  const recording = await openRecording(place);
  const problems = new ProblemCount();
  try {
    if (typed === undefined) await printList(recording, place, listOptions(options), problems, io);
    else {
      const detail = { typed, withUpdates: all === true, lostAfterMs, json };
      await printDetail(recording, place, detail, problems, io);
    }
  } finally {
    const summary = problems.summary();
    if (summary !== undefined) note(summary, io);
  }
}

function contradiction(path: string | undefined, { dir, all, session, since, until }: SessionsOptions) {
  if (path !== undefined && dir !== undefined) return 'give the folder once: with --dir, or without';
  if (all === true && session === undefined) return '--all goes with --session ID';
  if (since !== undefined && until !== undefined && since > until) return '--since is later than --until';
  return undefined;
}

function listOptions(options: SessionsOptions): ListOptions {
  const { search, client, service, tool, status, since, until, errors, sort, limit, lostAfter, json } =
    options;
  return {
    search,
    filter: { client, service, tool, status, sinceMs: since, untilMs: until, onlyErrors: errors },
    sort,
    limit,
    lostAfterMs: lostAfter,
    json: json === true,
  };
}

function parseSort(text: string): Sort {
  const sort = sortOf(text);
  if (sort === undefined)
    throw new InvalidArgumentError(`Give one of ${SORTS.join(', ')}; a column also as errors:asc.`);
  return sort;
}
