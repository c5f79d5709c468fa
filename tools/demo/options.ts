import { parseArgs } from 'node:util';

export interface DemoOptions {
  /** As it was named. */
  dir?: string;
  port?: number;
  opens: boolean;
  isLive: boolean;
  stays: boolean;
  records: boolean;
}

export const HELP = `Usage: npm run demo [-- options]

Starts three MCP servers, instrumented by mcp-sessionscope, sends real clients to them, and shows what was recorded: the
table of sessions, the events of the one in which a payment failed, and the Sessions page in the browser. There, clients
come and go, about one every six seconds, until Ctrl-C ends them, the servers and the page.

Outside a terminal, or if CI is set, it does not stay: it starts the page, asks it for the sessions, prints the
answer, and ends.

Options:
  --dir DIR    record into this folder (default: a new temporary folder, which is left there)
  --port PORT  port of the page (default: 4319, or the next one that is free)
  --no-open    print the address of the page, do not open the browser
  --no-live    send no clients while the page is shown
  --stay       stay until Ctrl-C even outside a terminal
  --record     write src/explorer/page/demo.jsonl, which comes with the package, instead of showing anything
  -h, --help   print this help
`;

/**
 * What the command line asks for.
 *
 * @returns the exit code where that is no demo, but help or a mistake, which has been printed then
 */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): DemoOptions | number {
  try {
    const { values } = parse(args);
    if (values.help === true) {
      process.stdout.write(HELP);
      return 0;
    }
    return {
      ...(values.dir !== undefined && { dir: values.dir }),
      ...(values.port !== undefined && { port: portOf(values.port) }),
      opens: values['no-open'] !== true,
      isLive: values['no-live'] !== true,
      stays: values.stay === true || hasOnlooker(env),
      records: values.record === true,
    };
  } catch (error) {
    console.error(`demo: ${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
}

function parse(args: string[]) {
  return parseArgs({
    args,
    options: {
      dir: { type: 'string' },
      port: { type: 'string' },
      'no-open': { type: 'boolean' },
      'no-live': { type: 'boolean' },
      stay: { type: 'boolean' },
      record: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

/** Whether somebody sits there who can end the demo. */
function hasOnlooker(env: NodeJS.ProcessEnv): boolean {
  const isCi = !['', '0', 'false'].includes(env['CI'] ?? '');
  return process.stdin.isTTY === true && process.stdout.isTTY === true && !isCi;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`--port takes 0 to 65535, got ${text}`);
  return port;
}
