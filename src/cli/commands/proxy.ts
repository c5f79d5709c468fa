import { type Command, InvalidArgumentError } from 'commander';
import { isHttpUrl } from '../../sdk/config/validate.ts';
import type { CliIo } from '../io.ts';
import { parsePort, parseText } from './option-values.ts';

interface Options {
  to: URL;
  port?: number;
  host: string;
  name?: string;
  dir?: string;
  keepHost?: true;
}

const USAGE =
  "(put --to before the server's address: mcp-sessionscope proxy --to http://localhost:3000/mcp; --help tells more)";

const NOTES = `
Clients connect to the address that it prints, in place of the server's. Every request goes to the
origin of --to, and nowhere else: / and the path of --to to that path, every other path as it is.
What passes is not changed, and read when it has passed.

Sessions are recorded into $MCP_SESSIONSCOPE_DIR, else ~/.mcp-sessionscope, which
mcp-sessionscope ui shows. Where OTEL_EXPORTER_OTLP_ENDPOINT is set they go there instead.
Tokens are passed on and never recorded. Ctrl-C ends it.

Examples:
  mcp-sessionscope proxy --to http://localhost:3000/mcp
  mcp-sessionscope proxy --to https://mcp.example.com/mcp --port 8080
  mcp-sessionscope proxy --to http://localhost:8000/sse --name weather --dir ./recordings`;

/** Adds `proxy` to the program. */
export function registerProxy(program: Command, io: CliIo): void {
  program
    .command('proxy')
    .description('Stand in front of an MCP server over HTTP, and record its sessions.')
    .requiredOption('--to <url>', 'address of the server: Streamable HTTP, or HTTP with SSE', parseTarget)
    .option('--port <port>', 'port to listen on; default: 4320, or the next one that is free', parsePort)
    .option('--host <host>', 'address to listen on', parseText, '127.0.0.1')
    .option('--name <name>', 'service.name; default: what the server calls itself', parseText)
    .option('--dir <dir>', 'folder to record into', parseText)
    .option('--keep-host', 'give the server Host and Origin as the client sends them')
    .showHelpAfterError(USAGE)
    .addHelpText('after', NOTES)
    .action((options: Options) => run(options, io));
}

async function run({ to, keepHost, ...rest }: Options, io: CliIo): Promise<void> {
  const { runProxy } = await import('../proxy/run.ts');
  await runProxy({ ...rest, target: to, keepsHost: keepHost === true }, io);
}

/** Clients bring their own credentials; those in an address would be everybody's. */
function parseTarget(text: string): URL {
  if (!isHttpUrl(text)) throw new InvalidArgumentError('Give a URL such as http://localhost:3000/mcp.');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError('Leave out the user: clients send their own credentials.');
  }
  return url;
}
