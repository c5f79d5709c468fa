import { setTimeout as delay } from 'node:timers/promises';
import type { Era } from './mcp-clients.ts';
import type { OtlpSink, ReceivedSpan } from './otlp-sink.ts';
import { CLIENT, type Visit } from './weather-client.ts';

const STATUS_ERROR = 2;
/** Spans that leave when a process ends may arrive a little later. */
const ARRIVAL_MS = 3_000;
/** Three that succeed and one with a wrong argument. */
const WEATHER_CALLS = 4;

/** How a client reaches a server, and what the recording says of its session. */
export interface Way {
  name: string;
  over: 'stdio' | 'http';
  era: Era;
  /** Where the session's id comes from, as `mcp.client.session.source`. */
  source: 'connection' | 'protocol' | 'inferred';
  /** What its session may end with, as `mcp.client.session.end_reason`; empty where it has no end. */
  endsWith: readonly string[];
}

/** What was found, and what it must be. */
type Fact = [what: string, found: unknown, expected: unknown];

/** What is wrong, once nothing is or no more comes. */
export async function onceArrived(problems: () => string[]): Promise<string[]> {
  const deadline = performance.now() + ARRIVAL_MS;
  for (;;) {
    const found = problems();
    if (found.length === 0 || performance.now() > deadline) return found;
    await delay(20);
  }
}

/** What is wrong with the recording of one visit: nothing, if it tells what the client did. */
export function problemsWith(
  { spans, metrics }: Pick<OtlpSink, 'spans' | 'metrics'>,
  way: Way,
  visit: Visit,
): string[] {
  const requests = spans.filter(
    ({ attributes }) => 'mcp.request.id' in attributes && 'mcp.method.name' in attributes,
  );
  const starts = spans.filter(({ name }) => name === 'mcp.session start');
  const ends = spans.filter(({ name }) => name === 'mcp.session end');
  const facts: Fact[] = [
    ...requestFacts(requests, visit),
    ...sessionFacts(starts, requests, way),
    ...endFacts(ends, way, visit),
    ...[...requests, ...starts, ...ends].flatMap(clientFacts),
    ['operation durations', metrics.some(({ name }) => name === 'mcp.server.operation.duration'), true],
  ];
  const wrong = facts
    .filter(([, found, expected]) => found !== expected)
    .map(([what, found, expected]) => `${what}: ${String(found)} instead of ${String(expected)}`);
  const said = visit.stderr.split('\n').filter((line) => line.includes('mcp-sessionscope:'));
  return [...wrong, ...said];
}

function requestFacts(requests: ReceivedSpan[], visit: Visit): Fact[] {
  const named = (name: string): ReceivedSpan[] => requests.filter((span) => span.name === name);
  const [failed] = named('tools/call fail');
  const [listed] = named('tools/list');
  return [
    ['requests', requests.length, visit.requests + 1],
    ['spans of tools/call get_weather', named('tools/call get_weather').length, WEATHER_CALLS],
    ['spans of tools/call without a tool', named('tools/call').length, 1],
    ['status of tools/call fail', failed?.status, STATUS_ERROR],
    ['tools/call fail has an error.type', typeof failed?.attributes['error.type'] === 'string', true],
    ['tools listed', Number(listed?.attributes['mcp.tools.count']), 2],
  ];
}

function sessionFacts(starts: ReceivedSpan[], requests: ReceivedSpan[], way: Way): Fact[] {
  const idOf = ({ attributes }: ReceivedSpan): unknown => attributes['mcp.client.session.id'];
  const ids = new Set(starts.map(idOf));
  return [
    ['sessions', starts.length, sessionsOf(way)],
    ['requests of no session', requests.filter((span) => !ids.has(idOf(span))).length, 0],
    ...starts.map(({ attributes }): Fact => ['source', attributes['mcp.client.session.source'], way.source]),
  ];
}

function endFacts(ends: ReceivedSpan[], way: Way, visit: Visit): Fact[] {
  if (way.endsWith.length === 0) return [['session ends', ends.length, 0]];
  const of = (span: ReceivedSpan | undefined, name: string): unknown =>
    span?.attributes[`mcp.client.session.${name}`];
  const sum = (name: string): number => ends.reduce((all, span) => all + Number(of(span, name)), 0);
  const [end] = ends.toSorted((one, other) => Number(of(other, 'calls')) - Number(of(one, 'calls')));
  const reason = String(of(end, 'end_reason'));
  return [
    ['session ends', ends.length, sessionsOf(way)],
    ['calls of the session', sum('calls'), visit.requests + 1],
    ['errors of the session', sum('errors'), visit.failures],
    ['tools of the session', of(end, 'tools'), 'get_weather, fail, no_such_tool'],
    ['end of the session', way.endsWith.includes(reason) ? undefined : reason, undefined],
  ];
}

function clientFacts({ name, attributes }: ReceivedSpan): Fact[] {
  return [
    [`client of ${name}`, attributes['mcp.client.name'], CLIENT.name],
    [`client's version of ${name}`, attributes['mcp.client.version'], CLIENT.version],
  ];
}

/** The client of v2 asks a process of its own, which it then ends, what the server speaks. */
function sessionsOf({ over, era }: Way): number {
  return over === 'stdio' && era === 'modern' ? 2 : 1;
}
