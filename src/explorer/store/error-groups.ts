import type { ErrorClient, ErrorGroup, ErrorGroups } from './answers.ts';
import { errorTypeOf } from './calls.ts';
import { aboutOf, type FailureAbout, failedRows, spanIdOf } from './failures.ts';
import { ABSENT, OTHERS } from './interner.ts';
import { present } from './present.ts';
import type { Place } from './read-spans.ts';
import type { SessionTable } from './session-table.ts';
import type { SpanIndex } from './span-index.ts';
import type { FailureFilter } from './types.ts';

const MAX_GROUPS = 1_000;
/** Clients and servers that a group names, and versions of a client. */
const [MAX_NAMES, MAX_VERSIONS] = [20, 10];
/** More than there are of methods, of types and of kinds. */
const BASE = 2 ** 14;

/** What fails in the same way. */
interface Group {
  count: number;
  firstMs: number;
  lastMs: number;
  last: Place;
  /** Numbers of rows. */
  readonly sessions: Set<number>;
  readonly parties: Set<Party>;
}

/** A client and a server, the same object for the same names. */
type Party = Omit<FailureAbout, 'sessionId'>;

/** Failures put together by the tool, else the method, the type, and the text without what varies; most first. */
export function errorGroupsOf(
  index: SpanIndex,
  table: SessionTable,
  filter: FailureFilter,
  now: number,
): ErrorGroups {
  const groups = new Map<number, Group>();
  const partyOf = parties(index, table);
  let failures = 0;
  for (const place of failedRows(index, table, filter)) {
    failures += 1;
    const key = keyOf(index, place);
    let group = groups.get(key);
    if (group === undefined) {
      group = newGroup(place);
      groups.set(key, group);
    }
    addTo(group, place, partyOf(place));
    const row = table.peek(place.file.columns.session[place.row]!)?.number;
    if (row !== undefined) group.sessions.add(row);
  }
  const all = [...groups.values()].sort((a, b) => b.count - a.count || b.lastMs - a.lastMs);
  const left = all.slice(MAX_GROUPS);
  return {
    now,
    failures,
    groups: all.slice(0, MAX_GROUPS).map((group) => toGroup(index, table, group)),
    left: { groups: left.length, failures: left.reduce((sum, { count }) => sum + count, 0) },
  };
}

/** Who had a failure: looked up once for each session and origin. */
function parties(index: SpanIndex, table: SessionTable): (place: Place) => Party {
  const known = new Map<number, Party>();
  const byNames = new Map<string, Party>();
  return ({ file, row }) => {
    const { session, origin } = file.columns;
    const key = session[row]! * 2 ** 20 + origin[row]!;
    let party = known.get(key);
    if (party === undefined) {
      const { sessionId: _, ...about } = aboutOf(index, table, file, row);
      const names = JSON.stringify(about);
      party = byNames.get(names) ?? about;
      byNames.set(names, party);
      known.set(key, party);
    }
    return party;
  };
}

function keyOf({ errors }: SpanIndex, { file: { columns }, row }: Place): number {
  const { type, kind } = errors.get(columns.error[row]!);
  const tool = columns.tool[row]!;
  const what = tool === ABSENT ? columns.method[row]! : BASE + tool;
  return (what * BASE + type) * BASE + kind;
}

function newGroup(last: Place): Group {
  const [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return { count: 0, firstMs, lastMs, last, sessions: new Set(), parties: new Set() };
}

function addTo(group: Group, place: Place, party: Party): void {
  const startMs = place.file.columns.start[place.row]!;
  group.count += 1;
  group.parties.add(party);
  if (startMs < group.firstMs) group.firstMs = startMs;
  if (startMs < group.lastMs) return;
  group.lastMs = startMs;
  group.last = place;
}

function toGroup(index: SpanIndex, table: SessionTable, group: Group): ErrorGroup {
  const { count, firstMs, lastMs, last, sessions } = group;
  const { columns } = last.file;
  const { type, kind } = index.errors.get(columns.error[last.row]!);
  const tool = columns.tool[last.row]!;
  const { sessionId } = aboutOf(index, table, last.file, last.row);
  const services = new Set([...group.parties].flatMap(({ service }) => service ?? []));
  return {
    type: errorTypeOf(index, type),
    count,
    sessions: sessions.size,
    firstMs,
    lastMs,
    clients: clientsIn(group.parties),
    services: [...services].sort().slice(0, MAX_NAMES),
    example: { ...present({ sessionId }), spanId: spanIdOf(last.file, last.row), timeMs: lastMs },
    ...present({
      method: index.methods.textOf(columns.method[last.row]!) || undefined,
      tool: tool === ABSENT ? undefined : index.tools.textOf(tool),
      text: kind === ABSENT || kind === OTHERS ? undefined : index.errors.kinds.textOf(kind),
    }),
  };
}

/** By name; one that did not tell comes last. */
function clientsIn(parties: ReadonlySet<Party>): ErrorClient[] {
  const versions = new Map<string, Set<string>>();
  for (const { clientName = '', clientVersion } of parties) {
    const known = versions.get(clientName) ?? new Set();
    versions.set(clientName, clientVersion === undefined ? known : known.add(clientVersion));
  }
  return [...versions]
    .sort(([a], [b]) => Number(a === '') - Number(b === '') || (a < b ? -1 : 1))
    .slice(0, MAX_NAMES)
    .map(([name, all]) => ({
      ...present({ name: name || undefined }),
      versions: [...all].sort().slice(0, MAX_VERSIONS),
    }));
}
