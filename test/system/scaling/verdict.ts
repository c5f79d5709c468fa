import type { Check } from '../../../tools/support/checks.ts';
import { type Fate, type Ledger, newestRow } from './ledger.ts';
import { isInShare } from './share.ts';
import { KINDS, type Played } from './visits.ts';

/** What became of the sessions of one kind. */
export interface KindRow {
  kind: string;
  sessions: number;
  whole: number;
  part: number;
  none: number;
  spansSent: number;
  spansKept: number;
}

/** What the agent passed on, and what left the samplers. */
export interface Ledgers {
  sent: Ledger;
  kept: Ledger;
}

/** One row for each kind of session. */
export function rowsOf(played: readonly Played[], { sent, kept }: Ledgers): KindRow[] {
  const names = new Set(played.map(({ kind }) => kind.name));
  const kinds = KINDS.map(({ name }) => name).filter((name) => names.has(name));
  return kinds.map((kind) => {
    const sessions = played.filter((session) => session.kind.name === kind);
    const fates = sessions.map(({ id }) => kept.fateOf(id, sent));
    const count = (fate: Fate): number => fates.filter((each) => each === fate).length;
    const spans = (ledger: Ledger): number => sessions.reduce((sum, { id }) => sum + ledger.of(id).length, 0);
    return {
      kind,
      sessions: sessions.length,
      whole: count('whole'),
      part: count('part'),
      none: count('none'),
      spansSent: spans(sent),
      spansKept: spans(kept),
    };
  });
}

/** Whether the gateway did what it promises. */
export function checksOf(played: readonly Played[], { sent, kept }: Ledgers): Check[] {
  const of = (test: (session: Played) => boolean) => (wanted: (session: Played) => boolean, name: string) => {
    const sessions = played.filter(test);
    const right = sessions.filter(wanted).length;
    return { name, ok: right === sessions.length, found: `${right} of ${sessions.length}` };
  };
  const fate = ({ id }: Played): Fate => kept.fateOf(id, sent);
  const inShare = ({ id }: Played): boolean => isInShare(id);
  const row = (ledger: Ledger, { id }: Played) => newestRow(ledger.of(id))?.attributes ?? {};
  return [
    of(() => true)(
      (session) =>
        row(sent, session)['mcp.client.session.event'] === 'end' &&
        Number(row(sent, session)['mcp.client.session.calls']) === session.requests &&
        Number(row(sent, session)['mcp.client.session.errors']) === session.errors,
      'the agent passed on every session, with the calls and errors that its client counted',
    ),
    of(({ kind }) => kind.fails && kind.late !== true && kind.calledFrom !== true)(
      (session) => fate(session) === 'whole',
      'sessions with errors are whole',
    ),
    of(inShare)(
      (session) => fate(session) === 'whole',
      'sessions of the share are whole, whatever their traces',
    ),
    of((session) => !inShare(session) && !session.kind.fails)(
      (session) => fate(session) === 'none',
      'of the others without errors, nothing is kept',
    ),
    of(({ kind }) => kind.fails)(
      (session) => Number(row(kept, session)['mcp.client.session.errors']) === session.errors,
      'every session with errors has its row, with all its errors counted',
    ),
    of(({ kind }) => kind.calledFrom === true && kind.fails)(
      (session) => ownTraceIsWhole(session, { sent, kept }),
      "of sessions with errors in callers' traces, the session's own trace is whole",
    ),
    of(({ kind }) => kind.late === true)(
      (session) => failureAndRestAreKept(session, { sent, kept }),
      'of sessions that fail late, the failure and all after it are kept',
    ),
  ];
}

/**
 * Whether the gateway divided the traces among the samplers and cut none.
 *
 * @param bySampler - what left each of them
 */
export function routingCheck(bySampler: readonly Ledger[]): Check {
  const traces = bySampler.map((ledger) => ledger.traces());
  const sum = traces.reduce((total, { size }) => total + size, 0);
  const all = new Set(traces.flatMap((each) => [...each]));
  return {
    name: 'every sampler had some of the kept traces, and none the same as another',
    ok: sum === all.size && traces.every(({ size }) => size > 0),
    found: traces.map(({ size }) => size).join(' and '),
  };
}

function ownTraceIsWhole({ id }: Played, { sent, kept }: Ledgers): boolean {
  const all = sent.of(id);
  const own = all.find(({ attributes }) => attributes['mcp.client.session.event'] === 'start')?.traceId;
  const have = new Set(kept.of(id).map(({ spanId }) => spanId));
  return (
    own !== undefined && all.filter(({ traceId }) => traceId === own).every(({ spanId }) => have.has(spanId))
  );
}

function failureAndRestAreKept({ id }: Played, { sent, kept }: Ledgers): boolean {
  const inOrder = sent.of(id);
  const failed = inOrder.findIndex(({ attributes }) => attributes['error.type'] !== undefined);
  const have = new Set(kept.of(id).map(({ spanId }) => spanId));
  return failed !== -1 && inOrder.slice(failed).every(({ spanId }) => have.has(spanId));
}
