import assert from 'node:assert/strict';
import { randomFrom } from '../../../bench/ui/random.ts';
import { type JoinablePart, joinParts } from '../../../src/explorer/sessions/joining.ts';
import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { UIDS } from '../../../tools/dashboards/links.ts';
import { type Look, rowsOf } from './panels.ts';
import { type Report, type SpanRow, sessionSpan, span, type Visit } from './spans.ts';
import type { Store } from './store.ts';

/** A part, and what it counts. */
interface Part extends JoinablePart {
  readonly calls: number;
  readonly errors: number;
  readonly client: string;
  readonly tool: string;
  readonly conversation: string;
  /** Its start has another key: the newest span decides. */
  readonly startKey: string | undefined;
  /** A second process served the last of its calls, under the same id. */
  readonly isShared: boolean;
}

const PARTS = 160;
const SEED = 2_511;
const IDLE_MS = 4_000;
/** Within which the parts begin: so short that those of one key meet. */
const SPREAD_MS = 60_000;
const SERVICES = ['shop', "stock '\\' --", 'ｗａｒｅｓ'];
const KEYS = ['one', "two' OR 1=1 --", '\\', '${__from}', 'a, b'];
const CLIENTS = ['', 'desk', 'phone'];

/** Parts of all kinds: of one key in two services, that follow one another too late or not, or are initialized anew. */
function randomParts(at: number): Part[] {
  const random = randomFrom(SEED);
  return Array.from({ length: PARTS }, (_, i): Part => {
    const startedMs = at + random.below(SPREAD_MS / 500) * 500;
    const isProtocol = random.below(3) === 0;
    return {
      id: `${random.hex(6)} '${i}`,
      service: random.of(SERVICES),
      key: random.below(4) === 0 ? undefined : random.of(KEYS),
      source: isProtocol ? 'protocol' : 'inferred',
      openedBy: isProtocol && random.below(3) === 0 ? 'initialize' : 'tools/call',
      startedMs,
      endMs: startedMs + random.below(6) * 500,
      idleTimeoutMs: random.below(3) * (IDLE_MS / 4),
      calls: 1 + random.below(5),
      errors: random.below(2),
      client: random.of(CLIENTS),
      tool: `tool ${random.below(4)}`,
      conversation: random.below(4) === 0 ? `talk ${i}` : '',
      startKey: random.of([undefined, ...KEYS]),
      isShared: random.below(4) === 0,
    };
  });
}

/** Each of them in three spans; the clocks of some are set back in between. All in any order, and some of them twice. */
export async function fillJoining(store: Store, at: number): Promise<void> {
  const random = randomFrom(SEED + 1);
  const spans = randomParts(at).flatMap((part) => spansOfPart(part, random.below(4) === 0));
  const delivered = [...spans, ...spans.filter(() => random.below(3) === 0)];
  await store.insert(delivered.sort(() => random.below(3) - 1));
  await store.insert(spans.filter(() => random.below(5) === 0));
}

function spansOfPart(part: Part, isSetBack: boolean): SpanRow[] {
  const { startedMs, endMs, calls, errors, isShared } = part;
  const middle = isSetBack ? endMs + 50 : Math.max(startedMs, endMs - 100);
  const first = { calls: isShared ? calls - 1 : calls, errors: isShared ? 0 : errors };
  const second = { calls: 1, errors };
  return [
    reportOf(part, 'a', part.startKey, { event: 'start', seq: 0, at: startedMs, calls: 0, errors: 0 }),
    reportOf(part, 'a', part.key, { event: 'update', seq: 1, at: middle, ...first, errors: 0 }),
    reportOf(part, 'a', part.key, {
      event: 'update',
      seq: 2,
      at: isShared ? startedMs : endMs,
      ...first,
    }),
    ...(isShared
      ? [
          reportOf(part, 'b', part.key, { event: 'start', seq: 0, at: startedMs, calls: 0, errors: 0 }),
          reportOf(part, 'b', part.key, { event: 'update', seq: 1, at: endMs, ...second }),
        ]
      : []),
    ...Array.from({ length: calls }, (_, i) => callOf(part, startedMs + i, i < errors)),
  ];
}

type Said = Omit<Report, 'started'>;

function reportOf(part: Part, process: string, key: string | undefined, said: Said): SpanRow {
  const visit = visitOf(part);
  const row = sessionSpan(visit, `${process} of ${part.id}`, { ...said, started: part.startedMs });
  const joining = {
    ...(key !== undefined && { [semconv.ATTR_MCP_CLIENT_SESSION_KEY]: key }),
    [semconv.ATTR_MCP_CLIENT_SESSION_IDLE_TIMEOUT_MS]: String(part.idleTimeoutMs),
    [semconv.ATTR_MCP_CLIENT_SESSION_OPENED_BY]: part.openedBy ?? '',
    [semconv.ATTR_MCP_CLIENT_SESSION_SOURCE]: part.source ?? '',
    ...(part.conversation !== '' && { [semconv.ATTR_GEN_AI_CONVERSATION_ID]: part.conversation }),
  };
  return { ...row, SpanAttributes: { ...(row['SpanAttributes'] as object), ...joining } };
}

function callOf(part: Part, at: number, isFailed: boolean): SpanRow {
  return span(visitOf(part), {
    name: 'tools/call',
    at,
    attributes: {
      [semconv.ATTR_MCP_METHOD_NAME]: 'tools/call',
      [semconv.ATTR_GEN_AI_TOOL_NAME]: part.tool,
      ...(isFailed && { [semconv.ATTR_ERROR_TYPE]: semconv.ERROR_TYPE_TOOL }),
    },
    ...(isFailed && { status: 'Error' }),
  });
}

function visitOf({ id, service = '', client, tool }: Part): Visit {
  return { session: id, service, client, tool, instance: `a of ${id}` };
}

type Ask = (uid: string, title: string, chosen?: Look['chosen']) => ReturnType<typeof rowsOf>;

/** The rows of the SQL are those of `joinParts`, and each is found by whatever it is known by. */
export async function expectJoined(store: Store, look: Look, at: number): Promise<number> {
  const sessions = joinParts(randomParts(at));
  assert.ok(
    sessions.length < PARTS && sessions.some((parts) => parts.length > 2),
    'some parts are joined, some are not',
  );
  const ask: Ask = (uid, title, chosen = {}) => rowsOf(store, uid, title, { ...look, chosen });
  const shown = await ask(UIDS.sessions, 'Sessions');
  assert.deepEqual(sorted(shown.map(factsOf)), sorted(sessions.map(expectedOf)));
  const failed = sessions.map(expectedOf).filter(({ Errors }) => Errors > 0);
  assert.deepEqual(
    sorted((await ask(UIDS.sessions, 'Sessions by errors')).map(countsOf)),
    sorted(failed.map(countsOf)),
  );
  assert.equal(Number((await ask(UIDS.sessions, 'Sessions started'))[0]?.['Sessions']), sessions.length);
  const steps = await ask(UIDS.sessions, 'Sessions started over time');
  assert.equal(sum(steps.map(({ Value }) => Number(Value))), sessions.length);
  for (const parts of sessions.filter(({ length }) => length > 1)) await expectWhole(ask, parts);
  return sessions.length;
}

/** The id of its last part leads to all of a session, and so does the conversation of any. */
async function expectWhole(ask: Ask, parts: readonly Part[]): Promise<void> {
  const expected = expectedOf(parts);
  const [session, ...ids] = parts.map(({ id }) => id);
  const chosen = { session: ids.at(-1)! };
  const [row, ...more] = await ask(UIDS.session, 'Session', chosen);
  assert.deepEqual([factsOf(row ?? {}), more], [expected, []], `the session of ${chosen.session}`);
  assert.equal(row?.['Other ids'], ids.join(', '));
  const events = await ask(UIDS.session, 'Events', chosen);
  const starts = sum(parts.map(({ isShared }) => (isShared ? 2 : 1)));
  assert.equal(events.length, expected.Calls + starts, `the events of ${session}`);
  assert.equal((await ask(UIDS.session, 'Errors', chosen)).length, expected.Errors);
  const latencies = await ask(UIDS.session, 'Latency by tool', chosen);
  assert.equal(sum(latencies.map(({ Calls }) => Number(Calls))), expected.Calls);
  const texts = [chosen.session, ...parts.map(({ conversation }) => conversation)];
  for (const text of texts.filter((text) => text !== '')) {
    const found = await ask(UIDS.sessions, 'Sessions', { session: text });
    assert.ok(
      found.some(({ Session }) => Session === session),
      `${text} finds its session`,
    );
  }
}

/** What must be shown of a session. */
function expectedOf(parts: readonly Part[]) {
  const startedMs = Math.min(...parts.map((part) => part.startedMs));
  return {
    Session: parts[0]!.id,
    Started: startedMs,
    Duration: Math.max(...parts.map(({ endMs }) => endMs)) - startedMs,
    Calls: sum(parts.map(({ calls }) => calls)),
    Errors: sum(parts.map(({ errors }) => errors)),
    Tools: [...new Set(parts.map(({ tool }) => tool))].join(', '),
    knowsClient: parts.some(({ client }) => client !== ''),
  };
}

function factsOf(row: Record<string, unknown>): ReturnType<typeof expectedOf> {
  return {
    Session: String(row['Session']),
    Started: Date.parse(`${row['Started']}Z`),
    Duration: Number(row['Duration']),
    Calls: Number(row['Calls']),
    Errors: Number(row['Errors']),
    Tools: String(row['Tools']),
    knowsClient: row['Client'] !== null,
  };
}

function countsOf(row: Record<string, unknown>) {
  return { Session: String(row['Session']), Calls: Number(row['Calls']), Errors: Number(row['Errors']) };
}

function sorted<T extends { readonly Session: string }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => (a.Session < b.Session ? -1 : 1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
