import type { MadeRequest, MadeSession } from './spans.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const CLIENTS = ['code-editor', 'desktop-chat', 'inspector', 'payment-agent'] as const;
export const SERVICES = ['catalog', 'shop', 'weather'] as const;
const TOOLS = ['get_balance', 'create_payment', 'search_items', 'get_weather', 'refund', 'echo'] as const;
const COUNT = 40;

/** A made session, and what is to be shown of it. */
export interface KnownSession extends MadeSession {
  readonly client: string;
  readonly version: string;
  readonly service: string;
  readonly status: 'active' | 'ended' | 'lost';
  readonly calls: number;
  readonly errors: number;
  readonly tools: readonly string[];
  /** From its start to its end, or to what was last heard of it. */
  readonly lastsMs: number;
}

/** Sessions over twenty days, no two of which are alike in a column where that can be. */
export function knownSessions(now: number): KnownSession[] {
  return Array.from({ length: COUNT }, (_, i) => knownSession(i, now));
}

function knownSession(i: number, now: number): KnownSession {
  const requests = requestsOf(i);
  const status = i < 2 ? 'active' : i === 22 || i === 33 ? 'lost' : 'ended';
  const last = requests.at(-1)!;
  const endAfterMs = last.atMs + last.latencyMs + 500 + i * 37;
  return {
    id: `${((i * 2654435761) >>> 0).toString(16).padStart(8, '0')}-known-${i}`,
    client: CLIENTS[i % CLIENTS.length]!,
    version: `1.${i % 3}.${i}`,
    service: SERVICES[i % SERVICES.length]!,
    startMs: Math.round(now - ageOf(i)),
    requests,
    status,
    calls: requests.length,
    errors: requests.filter(({ error }) => error !== undefined).length,
    tools: [...new Set(requests.flatMap(({ tool }) => (tool === undefined ? [] : [tool])))],
    lastsMs: status === 'ended' ? endAfterMs : last.atMs + last.latencyMs,
    ...(status === 'ended' && { endAfterMs, endReason: i % 2 === 0 ? 'stdin_eof' : 'client_delete' }),
  };
}

/** Some within each of the page's ranges, none near the edge of one. */
function ageOf(i: number): number {
  if (i < 5) return (3 + i) * MINUTE;
  if (i < 10) return (20 + (i - 5) * 6) * MINUTE;
  if (i < 20) return (2 + (i - 10) * 2) * HOUR;
  if (i < 30) return (30 + (i - 20) * 12) * HOUR;
  return (8 + (i - 30)) * 24 * HOUR;
}

function requestsOf(i: number): MadeRequest[] {
  const calls: MadeRequest[] = Array.from({ length: (i * 7) % 11 }, (_, k) => ({
    method: 'tools/call',
    tool: TOOLS[(i + k) % ((i % TOOLS.length) + 1)]!,
    atMs: 200 + k * (100 + i),
    latencyMs: 5 + ((i * 13 + k * 29) % 90),
    ...(i % 5 === 0 && k % 3 === 1 && { error: 'tool_error', message: `no ${k}` }),
  }));
  return [
    { method: 'initialize', atMs: 1, latencyMs: 4 + (i % 7) },
    {
      method: 'tools/list',
      atMs: 50,
      latencyMs: 6 + i * 3,
      attributes: { 'mcp.tools.names': TOOLS.slice(0, (i % TOOLS.length) + 1).join(', ') },
    },
    ...calls,
  ];
}
