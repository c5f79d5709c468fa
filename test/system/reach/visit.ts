import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { type Era, type Target, withClient } from '../../../tools/support/mcp-clients.ts';

export const CLIENT = { name: 'reach-check', version: '4.5.6' };

/** A call of a tool, as the client makes it. */
export interface Call {
  readonly tool: string;
  readonly args?: Record<string, unknown>;
}

/** What a client saw of a server, and what it counted. */
export interface Visit {
  /** What each step gave, as JSON: the result, or the error that the client's method threw. */
  readonly answers: ReadonlyMap<string, string>;
  readonly counted: Counted;
  /** What came that is no message: on stdio, whatever else the server wrote to stdout. */
  readonly noise: readonly string[];
  /** Of a server that the client started. */
  readonly stderr: string;
}

/** What passed, counted where the client sends and receives. */
export interface Counted {
  /** Requests by their method, `initialize` included. */
  readonly requests: ReadonlyMap<string, number>;
  /** Requests that were answered with an error, or with `isError`. */
  readonly errors: number;
  /** Names of the tools called, in the order of their first call. */
  readonly tools: readonly string[];
}

/** What a client is told to do. */
export interface Script {
  readonly era: Era;
  readonly calls: readonly Call[];
}

const ABSENT = 'no_such_tool';
const MOST_READ = 3;

/** A real client does what every server offers, calls the tools of the script, and goes. */
export async function visit(target: Target, { era, calls }: Script): Promise<Visit> {
  let count: (() => Counted) | undefined;
  const work = async (client: Client) => ({ answers: await walk(client, calls) });
  const visited = await withClient(target, { era, info: CLIENT }, work, (transport) => {
    count = countOn(transport);
  });
  const { result, noise, stderr } = visited;
  return { ...result, counted: (count as () => Counted)(), noise, stderr };
}

/** All requests that a client counted. */
export function total({ requests }: Counted): number {
  return [...requests.values()].reduce((sum, count) => sum + count, 0);
}

async function walk(client: Client, calls: readonly Call[]): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const step = async <T>(name: string, ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      const answer = await ask();
      answers.set(name, JSON.stringify(answer));
      return answer;
    } catch (error) {
      const { message, code, data } = error as Error & { code?: unknown; data?: unknown };
      answers.set(name, JSON.stringify({ thrown: { message, code, data } }));
      return undefined;
    }
  };
  const { tools, resources, prompts } = client.getServerCapabilities() ?? {};
  answers.set('server', JSON.stringify([client.getServerVersion(), client.getServerCapabilities()]));
  answers.set('instructions', JSON.stringify(client.getInstructions()));
  if (tools !== undefined) await step('tools/list', () => client.listTools());
  if (prompts !== undefined) await step('prompts/list', () => client.listPrompts());
  if (resources !== undefined) {
    const listed = await step('resources/list', () => client.listResources());
    for (const { uri } of (listed?.resources ?? []).slice(0, MOST_READ))
      await step(`resources/read ${uri}`, () => client.readResource({ uri }));
  }
  for (const [index, { tool, args = {} }] of [...calls, { tool: ABSENT }].entries())
    await step(`call ${index + 1}, ${tool}`, () => client.callTool({ name: tool, arguments: args }));
  return answers;
}

/** The part of a transport that is looked at; both SDKs have it. */
interface Watched {
  send(message: never, options?: never): Promise<void>;
  onmessage?: unknown;
}

/** Counts at the transport, so that requests count which the SDK makes of itself. @returns what was counted so far. */
function countOn(transport: Watched): () => Counted {
  const requests = new Map<string, number>();
  const tools = new Set<string>();
  const open = new Set<unknown>();
  let errors = 0;
  const send = transport.send.bind(transport) as (message: any, options?: unknown) => Promise<void>;
  Object.assign(transport, {
    send: (message: any, options: unknown) => {
      if (message.method !== undefined && message.id !== undefined) {
        open.add(message.id);
        requests.set(message.method, (requests.get(message.method) ?? 0) + 1);
        if (message.method === 'tools/call') tools.add(message.params.name);
      }
      return send(message, options);
    },
  });
  let listener: ((message: any, extra: unknown) => void) | undefined;
  const receive = (message: any, extra: unknown): void => {
    const isAnswer = message.method === undefined && open.delete(message.id);
    if (isAnswer && (message.error !== undefined || message.result?.isError === true)) errors += 1;
    listener?.(message, extra);
  };
  Object.defineProperty(transport, 'onmessage', {
    get: () => (listener === undefined ? undefined : receive),
    set: (next) => {
      listener = next;
    },
  });
  return () => ({ requests, errors, tools: [...tools] });
}
