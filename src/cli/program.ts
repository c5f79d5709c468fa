import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { visibleLines } from '../explorer/text/visible.ts';
import { UnavailableError } from '../explorer/unavailable-error.ts';
import { shownUrl, withoutSecrets } from '../sdk/config/shown.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerDashboards } from './commands/dashboards.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerMcp } from './commands/mcp.ts';
import { registerProxy } from './commands/proxy.ts';
import { registerReplay } from './commands/replay.ts';
import { registerRun } from './commands/run.ts';
import { registerSessions } from './commands/sessions.ts';
import { registerUi } from './commands/ui.ts';
import { registerUnwrap, registerWrap } from './commands/wrap.ts';
import { CliError, type CliIo } from './io.ts';

/**
 * Runs the command and gives its exit code: 0, 1 where what was asked for cannot be had, 2 where the question
 * itself was wrong. Never throws.
 */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    await createProgram(io).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    return exitCodeOf(error, io);
  }
}

function createProgram(io: CliIo): Command {
  const program = new Command('mcp-sessionscope')
    .description('Shows, checks and forwards the telemetry that MCP servers record.')
    .version(manifest.version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(visibleLines(withoutArguments(text))),
      getOutHelpWidth: () => (io.isTTY ? (io.columns ?? 80) : 100),
      getErrHelpWidth: () => 100,
    })
    .showHelpAfterError('(--help tells more)')
    .exitOverride();
  registerUi(program, io);
  registerRun(program, io);
  registerProxy(program, io);
  registerSessions(program, io);
  registerDashboards(program, io);
  registerDoctor(program, io);
  registerReplay(program, io);
  registerMcp(program, io);
  registerWrap(program, io);
  registerUnwrap(program, io);
  registerCompletion(program, io);
  for (const each of program.commands) if (each.commands.length > 0) registerHelp(each);
  registerHelp(program);
  return program;
}

/** Commander's own `help` prints everything where it does not know the command. */
function registerHelp(parent: Command): void {
  parent
    .helpCommand(false)
    .command('help')
    .argument('[command...]')
    .description('print this help, or that of a command')
    .action((names: string[]) => printHelp(parent, names));
}

function printHelp(command: Command, [name, ...rest]: string[]): void {
  if (name === undefined) command.help();
  const found = command.commands.find((each) => each.name() === name);
  if (found !== undefined) {
    printHelp(found, rest);
    return;
  }
  // It knows what to say of a command that does not exist.
  if (command.commands.length > 0) command.parse([name as string], { from: 'user' });
  command.error(`error: '${command.name()}' has no command '${name}'`);
}

/** Options whose values are secret, or may be. */
const SECRET_OPTION = /--(header|user|token)\b/;

/** Commander repeats what it does not take: a token in the wrong form, or behind an option that is spelled wrongly. */
function withoutArguments(text: string): string {
  return text
    .replace(/(option '[^']*' argument ')(.*)(' is invalid)/s, (_, option, value, rest) =>
      SECRET_OPTION.test(option) ? `${option}…${rest}` : `${option}${shownUrl(value)}${rest}`,
    )
    .replace(/(unknown option '--?[^='\s]+=)[\s\S]*(?='\s*(?:$|\n))/, '$1…');
}

function exitCodeOf(error: unknown, io: CliIo): number {
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const isForUsers = error instanceof CliError || error instanceof UnavailableError;
  const text = isForUsers
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  io.stderr.write(visibleLines(`mcp-sessionscope: ${withoutSecrets(text)}\n`));
  return error instanceof CliError ? error.exitCode : 1;
}
