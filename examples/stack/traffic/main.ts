/**
 * Clients that use the example server until they are stopped: some say goodbye, some vanish, some stay, and some have a
 * stdio server that crashes.
 *
 *     npx tsx examples/stack/traffic/main.ts
 *
 * MCP_URL names the server (default: http://127.0.0.1:3010/mcp), CLIENTS how many are there at a time (default: 4).
 */
import { type Ending, pause, visit, visitByStdio } from './clients.ts';

const URL_OF_SERVER = new URL(process.env['MCP_URL'] ?? 'http://127.0.0.1:3010/mcp');
const AT_A_TIME = Number(process.env['CLIENTS'] ?? 4);
const TELL_EVERY = 20;
const RETRY_MS = 2_000;
const END_MS = 5_000;

const ENDINGS: readonly Ending[] = ['says goodbye', 'says goodbye', 'says goodbye', 'vanishes', 'stays'];

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop.abort();
    // Where a server does not answer, its client would wait for it.
    setTimeout(() => process.exit(), END_MS).unref();
  });
}

let sessions = 0;
await Promise.all([...Array.from({ length: AT_A_TIME }, (_, index) => come(index)), comeByStdio()]);
console.error(`${sessions} sessions`);

/** One after the other, each with the next ending. */
async function come(first: number): Promise<void> {
  for (let index = first; !stop.signal.aborted; index += 1) {
    await attempt(() => visit(URL_OF_SERVER, ENDINGS[index % ENDINGS.length]!, stop.signal));
    await pause(1_000 + Math.random() * 3_000, stop.signal);
  }
}

/** Rarely: a process for each session costs more than a request. */
async function comeByStdio(): Promise<void> {
  for (let index = 0; !stop.signal.aborted; index += 1) {
    await attempt(() => visitByStdio(index % 3 === 2 ? 'server crashes' : 'says goodbye', stop.signal));
    await pause(20_000, stop.signal);
  }
}

async function attempt(session: () => Promise<void>): Promise<void> {
  try {
    await session();
    sessions += 1;
    if (sessions % TELL_EVERY === 0) console.error(`${sessions} sessions`);
  } catch (error) {
    if (stop.signal.aborted) return;
    // A server that is away comes back; so do its clients.
    console.error(`a session failed: ${error instanceof Error ? error.message : String(error)}`);
    await pause(RETRY_MS, stop.signal);
  }
}
