import { KINDS, type Kind, type Sent } from './play/ledger.ts';
import { POOLS } from './pools.ts';

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
  const bySession = new Map<string, Sent[]>();
  for (const each of sent) {
    const { key } = sessionOf(each);
    bySession.set(key, [...(bySession.get(key) ?? []), each]);
  }
  return [...bySession.values()].map((all) => {
    const [{ caller }] = all as [Sent];
    const labels = [...new Set(all.flatMap(({ label = [] }) => label))];
    return { kind: caller.kind, labels, row: rowOf(all), sent: all };
  });
}

/**
 * The rule: by the conversation that a request names, for each principal apart; else by the id of the protocol; else by
 * who calls, which replicas that share no secret cannot tell each other.
 */
function sessionOf({ caller, conversation, protocolId, replica }: Sent): { key: string; source: string } {
  const { pool, principal, address } = caller;
  if (conversation !== undefined) {
    return { source: 'conversation', key: JSON.stringify([pool, conversation, principal ?? '']) };
  }
  if (protocolId !== undefined) return { source: 'protocol', key: protocolId };
  const where = POOLS[pool].hasSecret ? 'any' : replica;
  return { source: 'inferred', key: JSON.stringify([pool, principal ?? address, where]) };
}

function rowOf(all: readonly Sent[]): Row {
  const [first] = all as [Sent];
  const known = all.findLast(({ knowsClient }) => knowsClient)?.caller.client;
  return {
    service: first.caller.pool,
    source: sessionOf(first).source,
    client: known?.name ?? '',
    version: known?.version ?? '',
    calls: all.length,
    errors: all.filter(({ failed }) => failed).length,
    // Which process was the first to use one, none of several can know.
    tools: [...new Set(all.flatMap(({ tool = [] }) => tool))].sort(),
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
