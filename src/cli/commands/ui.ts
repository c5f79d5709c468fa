import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import { isLoopback } from '../../explorer/server/access.ts';
import { TRACE_URL_VARIABLE, traceUrlProblem } from '../../explorer/text/trace-url.ts';
import { DEFAULT_RETENTION } from '../../sdk/export/old-recordings.ts';
import { defaultRecordingDir } from '../../sdk/export/recording-dir.ts';
import { CliError, type CliIo } from '../io.ts';
import { lostAfterOption } from './lost-after.ts';
import { parseDuration, parsePort, parseSize, parseText } from './option-values.ts';

interface Options {
  dir?: string;
  port?: number;
  otlpPort?: number | 'none';
  otlp: boolean;
  open: boolean;
  host?: string;
  token?: string;
  maxAge?: number | 'none';
  maxSize?: number | 'none';
  lostAfter: number;
  traceUrl?: string;
}

const MIN_TOKEN_LENGTH = 16;

const NOTES = `
Without --dir it shows $MCP_SESSIONSCOPE_DIR, else ~/.mcp-sessionscope, and keeps that folder within
30 days and 4 GB. A folder that --dir names is kept whole, unless --max-age or --max-size is given.
Only recorded files are removed (*.traces.jsonl, *.metrics.jsonl, *.logs.jsonl, and those
with a number).

It listens on 127.0.0.1, for this machine only. Ctrl-C ends it.

--trace-url, else $MCP_SESSIONSCOPE_TRACE_URL, makes a link of each event to its trace in Jaeger, Tempo or Grafana. It may
hold {traceId}, {spanId}, {service}, {startMs} and {endMs}.

Examples:
  mcp-sessionscope ui
  mcp-sessionscope ui --dir ./recordings --otlp-port none
  mcp-sessionscope ui --host 0.0.0.0 --token "$(openssl rand -hex 16)"`;

/** Adds `ui` to the program. */
export function registerUi(program: Command, io: CliIo): void {
  program
    .command('ui')
    .description('Show the recorded sessions on a page, live, and receive OTLP from any server.')
    .option('--dir <dir>', 'folder of the recording', parseText)
    .option('--port <port>', 'port of the page; default: 4319, or the next one that is free', parsePort)
    .option('--otlp-port <port>', 'port that receives OTLP/HTTP, or none; default: 4318', parseOtlpPort)
    .option('--no-otlp', 'receive nothing')
    .option('--no-open', 'do not open the page in the browser')
    .option('--host <host>', 'address to listen on; any other than loopback needs --token', parseText)
    .option('--token <token>', 'secret that browsers and programs must send; at least 16 characters')
    .option(
      '--max-age <duration>',
      'remove recordings older than this; none: no limit',
      orNone(parseDuration),
    )
    .option(
      '--max-size <size>',
      'remove the oldest recordings beyond this, such as 500MB or 4GB; none: no limit',
      orNone(parseSize),
    )
    .addOption(lostAfterOption())
    .option(
      '--trace-url <template>',
      'where traces are to be seen elsewhere, such as http://127.0.0.1:16686/trace/{traceId}',
      parseTraceUrl,
    )
    .addHelpText('after', NOTES)
    .action((options: Options) => run(options, io));
}

async function run(options: Options, io: CliIo): Promise<void> {
  const { host = '127.0.0.1', token, otlpPort } = options;
  if (!isLoopback(host) && token === undefined) {
    throw new CliError(
      `--host ${host} can be reached by others, so it needs --token, such as this one, made for you:\n` +
        `    --token ${newToken()}`,
      2,
    );
  }
  if (token !== undefined) checkToken(token);
  // The server is most of the command's code: other commands start without it.
  const { runUi } = await import('../ui/run.ts');
  await runUi(
    {
      dir: resolve(options.dir ?? defaultRecordingDir(io.env, io.homedir)),
      port: options.port,
      otlpPort: otlpPort === 'none' ? undefined : otlpPort,
      receives: options.otlp && otlpPort !== 'none',
      host,
      token,
      limits: {
        maxAgeMs: limitOf(options.maxAge, options.dir === undefined ? DEFAULT_RETENTION.maxAgeMs : undefined),
        maxBytes: limitOf(
          options.maxSize,
          options.dir === undefined ? DEFAULT_RETENTION.maxBytes : undefined,
        ),
      },
      lostAfterMs: options.lostAfter,
      traceUrl: options.traceUrl ?? traceUrlIn(io),
      version: manifest.version,
    },
    options.open,
    io,
  );
}

function limitOf(given: number | 'none' | undefined, absent: number | undefined): number | undefined {
  return given === 'none' ? undefined : (given ?? absent);
}

function orNone(parse: (text: string) => number): (text: string) => number | 'none' {
  return (text) => (text === 'none' ? 'none' : parse(text));
}

function parseOtlpPort(text: string): number | 'none' {
  return orNone(parsePort)(text);
}

function parseTraceUrl(text: string): string {
  const problem = traceUrlProblem(text);
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return text;
}

function traceUrlIn({ env, stderr }: CliIo): string | undefined {
  const template = env[TRACE_URL_VARIABLE];
  if (template === undefined || template === '') return undefined;
  const problem = traceUrlProblem(template);
  if (problem === undefined) return template;
  stderr.write(`mcp-sessionscope: ${TRACE_URL_VARIABLE} is ignored. ${problem}\n`);
  return undefined;
}

/** A secret: nothing repeats it, as a parser's error would. */
function checkToken(token: string): void {
  if (token.length >= MIN_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(token)) return;
  throw new CliError(
    `--token takes at least ${MIN_TOKEN_LENGTH} ASCII characters without spaces, such as these:\n    ${newToken()}`,
    2,
  );
}

function newToken(): string {
  return randomBytes(16).toString('hex');
}
