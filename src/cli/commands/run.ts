import type { Command } from 'commander';
import { CliError, type CliIo } from '../io.ts';
import { parseText } from './option-values.ts';

interface Options {
  dir?: string;
  name?: string;
  propagate: boolean;
}

const USAGE = '(put -- before the command of the server: mcp-sessionscope run -- npx -y some-server)';

const NOTES = `
The client starts this command in the place of the server. What it sends reaches the server as it is, and
what the server answers reaches the client as it is; stderr, signals and the exit code are the server's.
What passes is recorded as of a server that is instrumented: to files, which mcp-sessionscope ui shows,
or where OTEL_EXPORTER_OTLP_ENDPOINT says.

Examples:
  mcp-sessionscope run -- npx -y @modelcontextprotocol/server-everything
  mcp-sessionscope run --name weather -- uvx mcp-server-weather --units metric
  OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 mcp-sessionscope run -- node server.js

In the client's configuration:
  { "mcpServers": { "weather": { "command": "npx",
    "args": ["-y", "mcp-sessionscope", "run", "--", "uvx", "mcp-server-weather"] } } }`;

/** Adds `run` to the program. */
export function registerRun(program: Command, io: CliIo): void {
  program
    .command('run')
    .description('Run any stdio server, and record what it and its client say to each other.')
    .usage('[options] -- <command> [args...]')
    .argument('<command...>', 'the command that starts the server, and its arguments')
    .option(
      '--dir <dir>',
      'folder to record to; default: where OTEL_* says, else $MCP_SESSIONSCOPE_DIR, else ~/.mcp-sessionscope',
      parseText,
    )
    .option('--name <name>', 'service.name; default: what the server calls itself', parseText)
    .option(
      '--propagate',
      "write the trace context into the client's requests: params._meta.traceparent",
      false,
    )
    .showHelpAfterError(USAGE)
    .addHelpText('after', NOTES)
    .action(([command, ...args]: [string, ...string[]], options: Options) => run(command, args, options, io));
}

async function run(command: string, args: string[], options: Options, io: CliIo): Promise<void> {
  const { dir, name, propagate } = options;
  const { runServer, StartError } = await import('../../proxy/stdio/run.ts');
  try {
    io.endLike(await runServer({ command, args, dir, name, propagate, env: io.env }, io.takeWire()));
  } catch (error) {
    throw error instanceof StartError ? new CliError(error.message, error.exitCode) : error;
  }
}
