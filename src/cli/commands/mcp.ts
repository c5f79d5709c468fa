import type { Command } from 'commander';
import { defaultRecordingDir } from '../../sdk/export/recording-dir.ts';
import type { CliIo } from '../io.ts';
import { lostAfterOption } from './lost-after.ts';
import { parseText } from './option-values.ts';

interface Options {
  dir?: string;
  lostAfter: number;
  record: boolean;
}

const NOTES = `
Started by an MCP client, it speaks MCP on stdin and stdout and reads $MCP_SESSIONSCOPE_DIR, else
~/.mcp-sessionscope. Tools: list_sessions, get_session, list_tools, find_errors. They only read.

In the client's configuration:
  { "mcpServers": { "sessionscope": { "command": "npx", "args": ["-y", "mcp-sessionscope", "mcp"] } } }`;

/** Adds `mcp` to the program. */
export function registerMcp(program: Command, io: CliIo): void {
  program
    .command('mcp')
    .description('Serve the recorded sessions to AI clients, over MCP.')
    .option('--dir <dir>', 'folder of the recording', parseText)
    .addOption(lostAfterOption())
    .option('--no-record', 'do not record what clients ask of this server')
    .addHelpText('after', NOTES)
    .action((options: Options) => runMcp(options, io));
}

async function runMcp({ dir, lostAfter, record }: Options, io: CliIo): Promise<void> {
  // Loaded here: the other commands need none of it.
  const { serveMcp } = await import('../../explorer/mcp/serve.ts');
  await serveMcp({ dir: dir ?? defaultRecordingDir(io.env, io.homedir), lostAfterMs: lostAfter, record }, io);
}
