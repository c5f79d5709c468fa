import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPython } from '../../../../tools/support/python-venv.ts';
import { installNode } from './install.ts';

/** A server that something else instruments, and what it must be shown as. */
export interface ForeignSender {
  /** Its `service.name`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Default: stdio. */
  readonly transport?: 'http';
  readonly source: string;
  /** Whether a request of the client is recorded, of those that the client made. Default: every one. */
  readonly records?: (call: Call) => boolean;
  /** Requests that the server makes of itself. */
  readonly extraCalls?: number;
  /** Whether it tells a request that was refused or failed. Default: all. */
  readonly tellsError?: (call: Call) => boolean;
  /** Whether it names the tool of a call. Default: all. */
  readonly namesTool?: (tool: string) => boolean;
  readonly tellsClient?: true;
}

/** What the client asked, and whether it was refused or failed. */
export interface Call {
  readonly method: string;
  readonly tool?: string;
  readonly isBad?: true;
}

const PYTHON = fileURLToPath(new URL('./python/', import.meta.url));
const isTool = ({ method }: Call): boolean => method === 'tools/call';

/** Makes the servers ready; what is installed for them is kept in the cache folder. */
export async function foreignSenders(say: (line: string) => void): Promise<ForeignSender[]> {
  const python = (version: 1 | 2): Promise<string> =>
    installPython(join(PYTHON, `requirements-sdk-${version}.txt`), {
      say,
      name: `the MCP SDK ${version} for Python`,
    });
  const [python1, python2, node1, node2] = [
    await python(1),
    await python(2),
    await installNode(1),
    await installNode(2),
  ];
  const inPython = (command: string, file: string) => ({ command, args: [join(PYTHON, file)] });
  const inNode = (folder: string, file: string) => ({
    command: process.execPath,
    args: [join(folder, file)],
  });
  return [
    { name: 'python-sdk-2', ...inPython(python2, 'sdk.py'), source: 'process' },
    { name: 'fastmcp-4', ...inPython(python2, 'fastmcp_server.py'), source: 'protocol' },
    {
      name: 'fastmcp-3',
      ...inPython(python1, 'fastmcp_server.py'),
      source: 'protocol',
      records: ({ method }) => method !== 'initialize' && method !== 'ping',
      // It lists its tools before it refuses an unknown one.
      extraCalls: 1,
    },
    {
      name: 'traceloop-python',
      ...inPython(python1, 'traceloop.py'),
      source: 'process',
      namesTool: () => false,
    },
    {
      name: 'logfire',
      ...inPython(python1, 'logfire_server.py'),
      source: 'process',
      records: ({ method }) => method !== 'initialize',
      tellsError: isTool,
    },
    { name: 'sentry', ...inNode(node1, 'sentry.mjs'), source: 'process', tellsClient: true },
    {
      name: 'shinzo',
      ...inNode(node1, 'shinzo.mjs'),
      source: 'protocol',
      // Those that reach a handler.
      records: ({ tool, isBad }) => tool === 'boom' || (tool === 'add' && isBad === undefined),
    },
    {
      name: 'agentcat',
      ...inNode(node1, 'agentcat.mjs'),
      source: 'protocol',
      records: (call) => isTool(call) || call.method === 'initialize' || call.method === 'tools/list',
      tellsClient: true,
    },
    { name: 'mcp-opentelemetry', ...inNode(node2, 'mcp-opentelemetry.mjs'), source: 'process' },
    {
      name: 'mcp-handler',
      ...inNode(node2, 'mcp-handler.mjs'),
      transport: 'http',
      source: 'process',
      namesTool: (tool) => tool !== 'nope',
    },
  ];
}
