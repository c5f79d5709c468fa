import { KINDS, type Kind, type Sent } from './play/ledger.ts';
import { type Session, sessionsOf } from './sessions.ts';

/** A session as every view has it. */
export interface Row {
  readonly service: string;
  readonly source: string;
  readonly client: string;
  readonly version: string;
  readonly calls: number;
  readonly errors: number;
  readonly tools: readonly string[];
  readonly status: string;
}

/** A row that must be there. */
export interface Expected {
  readonly kind: Kind;
  /** The conversations whose calls it has: one, or none where it has no calls. */
  readonly labels: readonly string[];
  readonly row: Row;
  readonly sent: readonly Sent[];
}

/** One row for each session, of what the clients sent. */
export function expectedRows(sent: readonly Sent[]): Expected[] {
  return sessionsOf(sent).map((session) => {
    const [{ caller }] = session.sent as [Sent];
    const labels = [...new Set(session.sent.flatMap(({ label = [] }) => label))];
    return { kind: caller.kind, labels, row: rowOf(session), sent: session.sent };
  });
}

function rowOf({ source, sent, knowsClient }: Session): Row {
  const [{ caller }] = sent as [Sent];
  return {
    service: caller.pool,
    source,
    client: knowsClient ? caller.client.name : '',
    version: knowsClient ? caller.client.version : '',
    calls: sent.length,
    errors: sent.filter(({ failed }) => failed).length,
    // Which process was the first to use one, none of several can know.
    tools: [...new Set(sent.flatMap(({ tool = [] }) => tool))].sort(),
    // The servers have gone.
    status: 'ended',
  };
}

/** For a comparison, and for people. */
export function textOf({ service, source, client, version, calls, errors, tools, status }: Row): string {
  const who = client === '' ? 'unknown client' : `${client} ${version}`;
  return `${service}, ${source}, ${who}, ${calls} calls, ${errors} errors, ${status}: ${[...tools].sort().join(' ')}`;
}

/** In the order of the kinds. */
export function byKind(expected: readonly Expected[]): [Kind, Expected[]][] {
  return KINDS.map((kind) => [kind, expected.filter((each) => each.kind === kind)]);
}
