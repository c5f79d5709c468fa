import { setTimeout as sleep } from 'node:timers/promises';
import { CountingClient, newTraceparent } from './client.ts';

/** How the sessions of one kind go, and what the gateway owes them. */
export interface Kind {
  name: string;
  /** Of 20 sessions. */
  share: number;
  /** Whether it has a request with an error. */
  fails: boolean;
  /** Whether it errs only after it was forgotten once. */
  late?: true;
  /** Whether some of its requests are in traces of the caller. */
  calledFrom?: true;
  /** Whether its server takes no trace context from callers: `OTEL_PROPAGATORS=none`. */
  ownTraces?: true;
  visit(client: CountingClient, waitMs: number): Promise<void>;
}

/** A session that was played, as its client saw it. */
export interface Played {
  kind: Kind;
  id: string;
  requests: number;
  errors: number;
}

const search = (client: CountingClient, traceparent?: string): Promise<void> =>
  client.call('search_orders', { query: 'ORD-1' }, traceparent);

/** A tool that always answers with `isError`. */
const refund = (client: CountingClient, traceparent?: string): Promise<void> =>
  client.call('refund_payment', { reference: 'INV-1' }, traceparent);

export const KINDS: readonly Kind[] = [
  {
    name: 'short, no error',
    share: 10,
    fails: false,
    visit: async (client) => {
      for (let call = 0; call < 4; call += 1) await search(client);
    },
  },
  {
    name: 'long, no error',
    share: 2,
    fails: false,
    visit: (client, waitMs) => callEvery(client, waitMs / 4, 2 * waitMs),
  },
  {
    name: 'a tool fails',
    share: 2,
    fails: true,
    visit: async (client) => {
      await search(client);
      await refund(client);
      await search(client);
    },
  },
  {
    name: 'a request is refused',
    share: 1,
    fails: true,
    visit: async (client) => {
      await search(client);
      await client.askInVain();
      await search(client);
    },
  },
  {
    name: 'from callers with traces, no error',
    share: 2,
    fails: false,
    calledFrom: true,
    visit: async (client) => {
      for (let call = 0; call < 4; call += 1) await search(client, newTraceparent());
    },
  },
  {
    name: 'from callers with traces, one fails',
    share: 1,
    fails: true,
    calledFrom: true,
    visit: failsInCallersTraces,
  },
  {
    name: 'from callers with traces, one fails, propagators none',
    share: 1,
    fails: true,
    ownTraces: true,
    visit: failsInCallersTraces,
  },
  {
    name: 'long, fails late',
    share: 1,
    fails: true,
    late: true,
    visit: async (client, waitMs) => {
      await callEvery(client, waitMs / 4, 2 * waitMs);
      await refund(client);
      await search(client);
    },
  },
];

/** Plays so many sessions, a few short ones at a time, all long ones at once. */
export async function play(
  urlOf: (kind: Kind) => URL,
  sessions: number,
  waitMs: number,
  each: (done: number) => void,
): Promise<Played[]> {
  const planned = plan(sessions);
  const played: Played[] = [];
  const one = async (kind: Kind): Promise<void> => {
    const client = await CountingClient.connect(urlOf(kind), 'scaling');
    const id = client.sessionId;
    await client.listTools();
    await kind.visit(client, waitMs);
    await client.end();
    played.push({ kind, id, requests: client.requests, errors: client.errors });
    each(played.length);
  };
  const isLong = ({ name }: Kind): boolean => name.startsWith('long');
  const short = planned.filter((kind) => !isLong(kind)).values();
  const worker = async (): Promise<void> => {
    for (const kind of short) await one(kind);
  };
  await Promise.all([...planned.filter(isLong).map(one), ...Array.from({ length: 6 }, worker)]);
  return played;
}

/** So many sessions, the kinds mixed as their shares say. */
export function plan(sessions: number): Kind[] {
  const round = KINDS.flatMap((kind) => Array.from({ length: kind.share }, () => kind));
  return Array.from({ length: sessions }, (_, index) => round[(index * 7) % round.length]!);
}

async function failsInCallersTraces(client: CountingClient): Promise<void> {
  await search(client, newTraceparent());
  await refund(client, newTraceparent());
  await search(client, newTraceparent());
}

async function callEvery(client: CountingClient, everyMs: number, forMs: number): Promise<void> {
  const until = Date.now() + forMs;
  while (Date.now() < until) {
    await search(client);
    await sleep(everyMs);
  }
}
