import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** Who connects, as `clientInfo` says. */
const CLIENTS = [
  { name: 'desktop-assistant', version: '2.3.1' },
  { name: 'desktop-assistant', version: '2.4.0' },
  { name: 'editor-plugin', version: '0.9.2' },
  { name: 'batch-agent', version: '1.0.0' },
] as const;

/** What becomes of a session. */
export type Ending = 'says goodbye' | 'vanishes' | 'stays' | 'server crashes';

/** The longest pause between two calls, in milliseconds. */
const PAUSE_MS = 1_500;
const STAYS_MS = 150_000;

const CALLS = [
  (client: Client) => client.callTool({ name: 'find_item', arguments: { name: 'cup' } }),
  (client: Client) => client.callTool({ name: 'find_item', arguments: { name: 'plate' } }),
  (client: Client) => client.callTool({ name: 'quote_shipping', arguments: { country: 'NZ' } }),
  (client: Client) => client.callTool({ name: 'create_payment', arguments: { amount: 25 } }),
  (client: Client) => client.readResource({ uri: 'shop://catalogue' }),
  (client: Client) => client.getPrompt({ name: 'recommend' }),
] as const;

/**
 * One client over Streamable HTTP, from connecting to its end.
 *
 * @param signal - ends the session early
 */
export async function visit(url: URL, ending: Ending, signal: AbortSignal): Promise<void> {
  const client = new Client(oneOf(CLIENTS));
  const transport = new StreamableHTTPClientTransport(url);
  await client.connect(transport);
  await use(client, ending === 'stays' ? STAYS_MS : 0, signal);
  // Without DELETE the server learns of the end only by silence.
  if (ending === 'says goodbye') await transport.terminateSession();
  await client.close();
}

/** One client with a stdio server of its own, which ends with it, or crashes. */
export async function visitByStdio(ending: Ending, signal: AbortSignal): Promise<void> {
  const client = new Client(oneOf(CLIENTS));
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['--import', 'tsx', fileURLToPath(new URL('./stdio.ts', import.meta.url))],
    env: process.env as Record<string, string>,
  });
  await client.connect(transport);
  await use(client, 0, signal);
  if (ending === 'server crashes' && transport.pid !== null) process.kill(transport.pid, 'SIGKILL');
  await client.close();
}

async function use(client: Client, atLeastMs: number, signal: AbortSignal): Promise<void> {
  const until = Date.now() + atLeastMs;
  await client.listTools();
  let calls = 2 + Math.floor(Math.random() * 6);
  while ((calls > 0 || Date.now() < until) && !signal.aborted) {
    await oneOf(CALLS)(client);
    calls -= 1;
    await pause(Math.random() * PAUSE_MS, signal);
  }
}

/** Ends early, without an error, when the signal comes. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

function oneOf<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)]!;
}
