import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliIo } from '../io.ts';
import { CLIENT_IDS, type ClientId } from '../wrap/clients.ts';
import { parseText } from './option-values.ts';

interface Options {
  client?: ClientId;
  server?: readonly string[];
  yes?: true;
  dryRun?: true;
}

interface WrapOptions extends Options {
  proxy?: ReadonlyMap<string, string>;
  command?: string;
  dir?: string;
}

const NOTES = `
It puts "run --" before the command of each stdio server, shows the change without secrets, and asks. Comments,
order and spaces stay; what was there before is kept beside the file. Without a client and a file it only shows what
it would do. Restart the client afterwards; do not change a file while its client writes to it.

Clients: ${CLIENT_IDS.join(', ')}

Examples:
  mcp-sessionscope wrap
  mcp-sessionscope wrap --client cursor
  mcp-sessionscope wrap .vscode/mcp.json --server time --yes
  mcp-sessionscope wrap .mcp.json --proxy docs=http://127.0.0.1:4320/mcp`;

const UNWRAP_NOTES = `
It takes "run --" and the addresses of "proxy" away again. A file that was not laid out anew in between becomes what
it was, to the byte.

Clients: ${CLIENT_IDS.join(', ')}

Examples:
  mcp-sessionscope unwrap
  mcp-sessionscope unwrap --client cursor
  mcp-sessionscope unwrap .vscode/mcp.json --yes`;

/** Adds `wrap` to the program. */
export function registerWrap(program: Command, io: CliIo): void {
  withCommonOptions(
    program
      .command('wrap')
      .description("Put `run --` before each stdio server in an MCP client's configuration."),
  )
    .option(
      '--proxy <name=url>',
      "the address of a `proxy`, in place of that server's URL; can be given several times",
      addAddress,
    )
    .option('--command <command>', 'what starts this package; default: npx -y, with this version', parseText)
    .option('--dir <dir>', 'folder that the servers record to; default: as `run` and `proxy` do', parseText)
    .addHelpText('after', NOTES)
    .action(async (file: string | undefined, { proxy, command, dir, ...options }: WrapOptions) => {
      // The parsers of the configurations are needed here only.
      const { runWrap } = await import('../wrap/run.ts');
      await runWrap({ file, ...chosen(options), proxies: proxy ?? new Map(), command, dir }, io);
    });
}

/** Adds `unwrap` to the program. */
export function registerUnwrap(program: Command, io: CliIo): void {
  withCommonOptions(program.command('unwrap').description('Undo what `wrap` has done.'))
    .addHelpText('after', UNWRAP_NOTES)
    .action(async (file: string | undefined, options: Options) => {
      const { runUnwrap } = await import('../wrap/run.ts');
      await runUnwrap({ file, ...chosen(options) }, io);
    });
}

function withCommonOptions(command: Command): Command {
  return command
    .argument('[file]', 'a configuration, JSON or TOML')
    .addOption(new Option('--client <name>', 'all files of a client that exist').choices(CLIENT_IDS))
    .option('--server <name>', 'only this server; can be given several times', addName)
    .option('--yes', 'do not ask')
    .option('--dry-run', 'change nothing: show what would be done');
}

function chosen({ client, server, yes, dryRun }: Options) {
  return { client, servers: server, isAgreed: yes === true, isDryRun: dryRun === true };
}

function addName(name: string, names: readonly string[] = []): readonly string[] {
  parseText(name);
  return [...names, name];
}

function addAddress(
  text: string,
  known: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new InvalidArgumentError('Give the name of a server and an address, as name=url.');
  return new Map([...known, [text.slice(0, equals), text.slice(equals + 1)]]);
}
