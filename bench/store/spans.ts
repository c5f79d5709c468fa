import { type Random, randomFrom } from '../ui/random.ts';
import { sessionSpans } from '../ui/session.ts';
import { type OtlpSpan, rowOf, type Server, type SpanRow } from './rows.ts';

export interface Size {
  readonly spans: number;
  readonly sessions: number;
}

/** Sessions that begin within one step of time. */
const AT_A_TIME = 10;
const APART_MS = 2 * 60_000;
/** 2026-11-20T13:00:00Z */
const FIRST_MS = 1_795_179_600_000;
const PROCESSES_OF_A_SERVER = 3;
const SERVERS = ['shop', 'catalog', 'payments', 'search'];

/** From when to when the sessions are, in Unix milliseconds. */
export function rangeOf({ sessions }: Size): { from: number; to: number } {
  // The last ones need some time to end.
  return { from: FIRST_MS, to: FIRST_MS + (Math.ceil(sessions / AT_A_TIME) + 30) * APART_MS };
}

/**
 * Sessions of several servers with several processes each, as rows in the order in which their spans end: that of their
 * arrival. The same for the same size.
 */
export function* arrivingSpans({ spans, sessions }: Size): Generator<SpanRow> {
  const random = randomFrom(4711);
  const servers = SERVERS.flatMap((name) =>
    Array.from({ length: PROCESSES_OF_A_SERVER }, () => serverOf(random, name)),
  );
  const perSession = Math.max(8, Math.round(spans / sessions));
  let open: Arrival[] = [];
  for (let first = 0; first < sessions; first += AT_A_TIME) {
    const startMs = FIRST_MS + (first / AT_A_TIME) * APART_MS;
    const ended = open.filter(({ endMs }) => endMs < startMs);
    yield* inOrder(ended);
    open = open.filter(({ endMs }) => endMs >= startMs);
    for (let number = first; number < Math.min(first + AT_A_TIME, sessions); number += 1) {
      open.push(
        ...sessionOf(random, number, perSession, startMs + random.below(APART_MS), random.of(servers)),
      );
    }
  }
  yield* inOrder(open);
}

interface Arrival {
  readonly endMs: number;
  readonly row: SpanRow;
}

function sessionOf(
  random: Random,
  number: number,
  count: number,
  startMs: number,
  server: Server,
): Arrival[] {
  const made = sessionSpans(random, number, count, startMs);
  const start = made[0]?.json as OtlpSpan;
  return made.map(({ endMs, json }) => ({ endMs, row: rowOf(json as OtlpSpan, start, server) }));
}

function* inOrder(arrivals: readonly Arrival[]): Generator<SpanRow> {
  for (const { row } of [...arrivals].sort((a, b) => a.endMs - b.endMs)) yield row;
}

function serverOf(random: Random, name: string): Server {
  const instance = `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`;
  return {
    name,
    instance,
    resource: {
      'service.name': name,
      'service.version': '2.1.0',
      'service.instance.id': instance,
      'host.name': `${name}-${random.hex(10)}`,
      'process.pid': String(1 + random.below(32_000)),
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.version': '2.12.0',
    },
  };
}
