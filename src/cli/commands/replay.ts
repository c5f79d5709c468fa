import { accessSync, constants, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { findSignalFiles, type RecordingFile } from '../../explorer/recording/files.ts';
import { isFileError } from '../../explorer/recording/json-lines.ts';
import { RECORDED_SIGNALS, type RecordedSignal } from '../../explorer/recording/signal.ts';
import { visible } from '../../explorer/text/visible.ts';
import { signalUrl } from '../../sdk/config/environment.ts';
import { readCertificates } from '../../sdk/export/certificates.ts';
import { SPOOLED_FILE } from '../../sdk/export/spool.ts';
import { CliError, type CliIo, type StopSignal } from '../io.ts';
import { headersOf } from '../otlp/environment.ts';
import type { Receiver } from '../replay/deliver.ts';
import { dryRun } from '../replay/dry-run.ts';
import { identify } from '../replay/identify.ts';
import { peekJournal, ReplayJournal } from '../replay/journal.ts';
import { type Ending, Replay, type ReplayOptions } from '../replay/replay.ts';
import { summaryOf } from '../replay/tally.ts';
import { httpUrlParser, parseCount, parseDuration, parseText, userInfoOf } from './option-values.ts';

interface Options {
  endpoint: string;
  header?: Record<string, string>;
  batch: number;
  state?: string;
  timeout: number;
  retryFor: number;
  skipRefused?: true;
  resendUnsure?: true;
  dryRun?: true;
}

const STATE_NAME = '.mcp-sessionscope-replay';
const SIGNAL_EXIT_CODES: Readonly<Record<StopSignal, 130 | 143>> = { SIGINT: 130, SIGTERM: 143 };

const NOTES = `
Each line is one request, and requests are sent one at a time. A state file in the recording's
folder notes each answer, so that a later run continues where this one ended and sends nothing twice.
What a server could not deliver at its exit is in the folder spool of the recordings; sent by replay,
it is removed from there. A request whose answer was lost is named and not sent again, unless --resend-unsure is given.

Headers and certificates are also read from OTEL_EXPORTER_OTLP_HEADERS and the other variables,
so that secrets can stay out of the command line.

Examples:
  mcp-sessionscope replay ~/.mcp-sessionscope --endpoint http://localhost:4318
  mcp-sessionscope replay ./recordings --endpoint https://otel.example.com --header x-tenant=blue
  mcp-sessionscope replay one.traces.jsonl --endpoint http://localhost:4318 --dry-run`;

/** Adds `replay` to the program. */
export function registerReplay(program: Command, io: CliIo): void {
  program
    .command('replay')
    .description('Send recorded OTLP JSON files to a collector, as they were recorded.')
    .argument('<path>', 'folder, or one file, that the file exporter wrote')
    .requiredOption(
      '--endpoint <url>',
      'base of an OTLP/HTTP receiver, such as http://localhost:4318',
      httpUrlParser('http://localhost:4318'),
    )
    .option('--header <key=value>', 'a header of every request; may be repeated', addHeader)
    .option('--batch <n>', 'put up to n lines into one request', parseCount, 1)
    .option('--state <file>', `state file; default: ${STATE_NAME} in the folder of the recording`, parseText)
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for an answer')
        .argParser(parseDuration)
        .default(30_000, '30s'),
    )
    .addOption(
      new Option('--retry-for <duration>', 'how long to retry while the receiver is overloaded or away')
        .argParser(parseDuration)
        .default(120_000, '2m'),
    )
    .option('--skip-refused', 'leave out what the receiver refuses, and go on')
    .option('--resend-unsure', 'send again what may or may not have arrived in an earlier run')
    .option('--dry-run', 'send nothing: count what would be sent')
    .addHelpText('after', NOTES)
    .action((path: string, options: Options) => runReplay(path, options, io));
}

async function runReplay(path: string, options: Options, io: CliIo): Promise<void> {
  if (path.endsWith('.gz')) throw new CliError(`${visible(path)} is compressed: unpack it first (gunzip)`, 1);
  const files = await findSignalFiles(path);
  const statePath = options.state ?? join(folderOf(path), STATE_NAME);
  const to = receiverName(options.endpoint);
  if (options.dryRun === true) {
    const stateOf = withState(statePath, () => peekJournal(statePath));
    const tally = await dryRun(files, (id) => stateOf(to, id), options.batch, io);
    io.stdout.write(`${summaryOf(tally, true)}\n`);
    return;
  }
  const { ending, signal } = await send(files, statePath, to, options, io);
  io.stdout.write(`${summaryOf(ending.tally, false)}\n`);
  if (ending.failure !== undefined) throw new CliError(ending.failure, 1);
  if (ending.isStopped && signal !== undefined) {
    throw new CliError('stopped; run the same command again to continue', SIGNAL_EXIT_CODES[signal]);
  }
  const { rejected, refused, unsure } = ending.tally;
  if (rejected + refused + unsure > 0) throw new CliError('not everything has arrived: see above', 1);
  removeSpooled(files);
}

/** What a server left undelivered at its exit has arrived: the next start must not send it again. */
function removeSpooled(files: readonly RecordingFile[]): void {
  for (const { path } of files) if (SPOOLED_FILE.test(basename(path))) rmSync(path, { force: true });
}

async function send(
  files: readonly RecordingFile[],
  statePath: string,
  to: string,
  options: Options,
  io: CliIo,
): Promise<{ ending: Ending; signal: StopSignal | undefined }> {
  const receivers = receiversOf(options, io);
  const journal = withState(statePath, () => ReplayJournal.open(statePath));
  const stop = new AbortController();
  const abort = new AbortController();
  let first: StopSignal | undefined;
  const release = io.onStopSignal((signal) => {
    if (first !== undefined) return abort.abort();
    first = signal;
    stop.abort();
    note('stopping once the request under way is answered; press Ctrl-C again to stop at once', io);
  });
  try {
    const identified = await identify(files, io);
    const parts = { files: identified, receivers, journal, to, stop: stop.signal, abort: abort.signal, io };
    const ending = await new Replay(parts, settingsOf(options)).run();
    return { ending, signal: first };
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw new CliError(`stopped: ${(error as Error).message}\nRun the same command again to continue`, 1);
  } finally {
    release();
    journal.close();
  }
}

function settingsOf({ batch, timeout, retryFor, skipRefused, resendUnsure }: Options): ReplayOptions {
  return {
    batch,
    timeout,
    retryFor,
    skipRefused: skipRefused === true,
    resendUnsure: resendUnsure === true,
  };
}

function receiversOf({ endpoint, header }: Options, io: CliIo): Record<RecordedSignal, Receiver> {
  const receiver = (signal: RecordedSignal): Receiver => {
    const url = new URL(signalUrl(endpoint, signal) as string);
    const credentials = credentialsOf(url);
    const tls = readCertificates(io.env, signal, (variable) =>
      note(`the file that ${variable} names cannot be read`, io),
    );
    return { url, headers: { ...credentials, ...headersOf(io.env, signal), ...header }, tls };
  };
  const [traces, metrics, logs] = RECORDED_SIGNALS.map(receiver);
  return { traces: traces!, metrics: metrics!, logs: logs! };
}

/** Takes user and password out of the URL, which is shown, and makes a header of them. */
function credentialsOf(url: URL): Record<string, string> {
  const text = userInfoOf(url);
  if (text === undefined) return {};
  url.username = '';
  url.password = '';
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

/** What a receiver is known by in the state: without what identifies its user. */
function receiverName(endpoint: string): string {
  const { origin, pathname } = new URL(signalUrl(endpoint, 'traces') as string);
  return `${origin}${pathname.replace(/\/v1\/traces$/, '')}`;
}

function folderOf(path: string): string {
  return statSync(path).isDirectory() ? path : dirname(path);
}

function withState<T>(path: string, open: () => T): T {
  try {
    accessSync(dirname(path), constants.R_OK);
    return open();
  } catch (error) {
    if (!isFileError(error)) throw error;
    const reason = (error as Error).message;
    throw new CliError(
      `cannot use the state file ${path}: ${reason}\nName another place with --state FILE`,
      1,
    );
  }
}

function addHeader(text: string, headers: Record<string, string> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals).trim().toLowerCase();
  // The value may be a secret: it is not repeated.
  if (equals <= 0 || !/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
    throw new InvalidArgumentError('Give a header as name=value.');
  }
  return { ...headers, [name]: text.slice(equals + 1).trim() };
}

function note(text: string, io: CliIo): void {
  io.stderr.write(`mcp-sessionscope: ${visible(text)}\n`);
}
