import { Agent, get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { API, type ApiEvent, type ApiEvents, type ApiSessions } from '../../src/explorer/server/api.ts';
import { randomFrom } from './random.ts';

/** A question to the API, and how long the answers took. */
export interface Asked {
  readonly name: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** What the page asks, by name; the address may differ from time to time. */
type Questions = Readonly<Record<string, (i: number) => string>>;

/** Asks what the page asks, one question at a time, by way of HTTP. */
export async function askAll(url: string, asks: number, signal: AbortSignal): Promise<Asked[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const sessions: ApiSessions = JSON.parse(await ask(url, API.sessions, agent));
    const asked: Asked[] = [];
    for (const [name, address] of Object.entries(
      questionsOf(sessions, await addressesOf(url, sessions, agent)),
    )) {
      signal.throwIfAborted();
      const times: number[] = [];
      // The first answers are those of code that is not compiled yet.
      for (let i = -5; i < asks; i += 1) {
        const startedAt = performance.now();
        await ask(url, address(i + 5), agent);
        if (i >= 0) times.push(performance.now() - startedAt);
      }
      times.sort((a, b) => a - b);
      const at = (percent: number): number => times[Math.ceil((times.length * percent) / 100) - 1]!;
      asked.push({ name, p50Ms: at(50), p95Ms: at(95) });
    }
    return asked;
  } finally {
    agent.destroy();
  }
}

interface Addresses {
  /** Of the log lines of some events. */
  readonly logs: readonly string[];
  readonly ids: readonly Pick<ApiEvent, 'traceId' | 'requestId'>[];
}

async function addressesOf(url: string, { rows }: ApiSessions, agent: Agent): Promise<Addresses> {
  const logs: string[] = [];
  const ids: ApiEvent[] = [];
  for (const { id } of rows.slice(0, 20)) {
    const session = encodeURIComponent(id);
    const answer = await ask(url, `${API.events}?id=${session}&offset=0&limit=200`, agent);
    const { events } = JSON.parse(answer) as ApiEvents;
    ids.push(...events.filter(({ requestId }) => requestId !== undefined));
    for (const { logs: count, traceId, spanId } of events)
      if (count !== undefined) logs.push(`${API.logs}?id=${session}&trace=${traceId}&span=${spanId}`);
  }
  return { logs, ids };
}

function questionsOf({ epoch, order, rows }: ApiSessions, { logs, ids }: Addresses): Questions {
  const random = randomFrom(42);
  const numbers = () => {
    const first = random.below(Math.max(1, order.length - 100));
    return order.slice(first, first + 100).join(',');
  };
  return {
    state: () => API.state,
    'sessions, newest first': () => API.sessions,
    'sessions by a search': (i) => `${API.sessions}?q=tool_${i % 30}`,
    'sessions by the text of an error': (i) =>
      search(['declined', '"timed out"', 'ECONNREFUSED', 'no such file'][i % 4]!),
    'sessions by a number in one': (i) => search(`"order ${i * 7}"`),
    'sessions by several words': (i) => search(`tool:tool_${i % 30} error:declined client:studio type:error`),
    'sessions by a trace id': (i) => search(ids[i % ids.length]!.traceId),
    'sessions by the beginning of a trace id': (i) => search(ids[i % ids.length]!.traceId.slice(0, 12)),
    'sessions by a request id': (i) => search(ids[i % ids.length]!.requestId ?? ''),
    'errors by kind': () => API.errors,
    'sessions with errors, by duration': () => `${API.sessions}?errors=1&sort=duration`,
    'sessions by their tools': () => `${API.sessions}?sort=tools&order=asc`,
    'rows of 100 sessions': () => `${API.rows}?epoch=${epoch}&n=${numbers()}`,
    'events of a session': (i) =>
      `${API.events}?id=${encodeURIComponent(rows[i % rows.length]!.id)}&offset=0&limit=200`,
    'log lines of an event': (i) => logs[i % logs.length]!,
    tools: () => API.tools,
    'clients of a tool': (i) => `${API.tool}?name=tool_${String(i % 30).padStart(2, '0')}`,
    overview: () => API.overview,
  };
}

function search(text: string): string {
  return `${API.sessions}?q=${encodeURIComponent(text)}`;
}

function ask(url: string, address: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(
      new URL(address, url),
      { agent, headers: { 'accept-encoding': 'gzip' } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks);
          if (response.statusCode !== 200)
            return reject(new Error(`${address} was answered with ${response.statusCode}: ${body}`));
          const isGzip = response.headers['content-encoding'] === 'gzip';
          resolve((isGzip ? gunzipSync(body) : body).toString('utf8'));
        });
      },
    );
    request.on('error', reject);
  });
}
