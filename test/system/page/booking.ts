import { callOf, hexId, lineOf, type TracedSpan } from './traced-spans.ts';

export const BOOKING = 'booking-session';
export const TRACE = hexId(0xa9e47, 32);
export const STACK =
  'Error: refused\n    at charge (<img src=x onerror="globalThis.executed = true">)\n    at book (booking.ts:7)';

/** The ids of its spans, by what they are. */
export const IDS = {
  start: hexId(1, 16),
  search: hexId(2, 16),
  book: hexId(3, 16),
  cache: hexId(4, 16),
  charge: hexId(5, 16),
  orphan: hexId(6, 16),
  agent: hexId(0xa1, 16),
  query: hexId(0xb1, 16),
  provider: hexId(0xc1, 16),
} as const;

/**
 * A session whose first call is in the session's own trace, and whose second an agent made: its server charges by a service of
 * its own that is recorded in the same folder, and asks a database by a library that knows nothing of sessions.
 */
export function bookingLines(startMs: number): string {
  const own = hexId(0x5e55, 32);
  const span = (
    from: Omit<TracedSpan, 'startMs' | 'traceId'> & { atMs: number; traceId?: string },
  ): TracedSpan => ({
    traceId: TRACE,
    ...from,
    startMs: startMs + from.atMs,
  });
  const session = { 'mcp.client.session.id': BOOKING, 'mcp.request.id': 'request-2' };
  const about = { ...callOf(BOOKING, 'search', 1).attributes, 'mcp.client.session.event': 'start' };
  const start = { 'mcp.client.session.id': BOOKING, 'mcp.client.session.source': 'connection' };
  return [
    lineOf('bookings', [
      span({
        name: 'mcp.session start',
        traceId: own,
        spanId: IDS.start,
        atMs: 0,
        lastsMs: 0,
        attributes: { ...start, 'mcp.client.session.event': about['mcp.client.session.event'] },
      }),
      span({
        ...callOf(BOOKING, 'search', 1),
        traceId: own,
        spanId: IDS.search,
        parent: IDS.start,
        atMs: 100,
        lastsMs: 40,
      }),
      span({
        name: 'read cache',
        traceId: own,
        spanId: IDS.cache,
        parent: IDS.search,
        atMs: 110,
        lastsMs: 5,
        attributes: { 'mcp.client.session.id': BOOKING },
      }),
      span({
        ...callOf(BOOKING, 'book', 2),
        spanId: IDS.book,
        parent: IDS.agent,
        atMs: 600_000,
        lastsMs: 900,
        isFailed: true,
        stack: STACK,
      }),
      span({
        name: 'POST provider.example/charges',
        spanId: IDS.charge,
        parent: IDS.query,
        atMs: 600_100,
        lastsMs: 700,
        attributes: session,
      }),
      span({
        name: 'clean up',
        traceId: own,
        spanId: IDS.orphan,
        parent: hexId(0xdead, 16),
        atMs: 601_000,
        lastsMs: 30,
        attributes: { 'mcp.client.session.id': BOOKING },
      }),
      span({
        name: 'SELECT seats',
        spanId: IDS.query,
        parent: IDS.book,
        kind: 3,
        atMs: 600_050,
        lastsMs: 800,
      }),
    ]),
    lineOf('travel-agent', [
      span({ name: 'execute_tool book', spanId: IDS.agent, kind: 1, atMs: 599_990, lastsMs: 930 }),
    ]),
    lineOf('provider', [
      span({
        name: 'POST /charges',
        spanId: IDS.provider,
        parent: IDS.charge,
        kind: 2,
        atMs: 600_150,
        lastsMs: 600,
        isFailed: true,
      }),
    ]),
  ].join('');
}
