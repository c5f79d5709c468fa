import type { OtlpSink, ReceivedSpan } from '../../../tools/support/otlp-sink.ts';
import { CLIENT, type Visit } from './client.ts';
import type { Way } from './frameworks.ts';

const STATUS_ERROR = 2;
/** Three that succeed and one with a wrong argument. */
const WEATHER_CALLS = 4;

/** What is wrong with the recording of one visit: nothing, if it tells what the client did. */
export function problemsWith(
  { spans, metrics }: Pick<OtlpSink, 'spans' | 'metrics'>,
  way: Way,
  visit: Visit,
): string[] {
  const problems: string[] = [];
  const expectEqual = (what: string, found: unknown, expected: unknown): void => {
    if (found !== expected) problems.push(`${what}: ${String(found)} instead of ${String(expected)}`);
  };
  const named = (name: string): ReceivedSpan[] => spans.filter((span) => span.name === name);
  const expectOf = (some: ReceivedSpan[], attribute: string, expected: string): void => {
    const others = some.filter(({ attributes }) => attributes[attribute] !== expected);
    for (const { name, attributes } of others)
      expectEqual(`${attribute} of ${name}`, attributes[attribute], expected);
  };

  const requests = spans.filter(({ attributes }) => 'mcp.request.id' in attributes);
  expectEqual('requests', requests.length, visit.requests + 1);
  expectEqual('tools/call get_weather', named('tools/call get_weather').length, WEATHER_CALLS);
  expectEqual('tools/call of no tool', named('tools/call').length, 1);
  const [failed] = named('tools/call fail');
  expectEqual('status of tools/call fail', failed?.status, STATUS_ERROR);
  expectEqual('error.type of tools/call fail', typeof failed?.attributes['error.type'], 'string');
  expectEqual('tools listed', Number(named('tools/list')[0]?.attributes['mcp.tools.count']), 2);

  const starts = named('mcp.session start');
  expectEqual('sessions', starts.length, sessionsOf(way));
  expectOf(starts, 'mcp.client.session.source', way.source);
  const ofSession = [...requests, ...starts, ...named('mcp.session end')];
  expectOf(ofSession, 'mcp.client.name', CLIENT.name);
  expectOf(ofSession, 'mcp.client.version', CLIENT.version);
  const ids = new Set(starts.map(({ attributes }) => attributes['mcp.client.session.id']));
  const strangers = requests.filter(({ attributes }) => !ids.has(attributes['mcp.client.session.id']));
  expectEqual('requests of no session', strangers.length, 0);
  problems.push(...endProblems(named('mcp.session end'), way, visit));

  if (!metrics.some(({ name }) => name === 'mcp.server.operation.duration')) {
    problems.push('no mcp.server.operation.duration');
  }
  problems.push(...visit.stderr.split('\n').filter((line) => line.startsWith('mcp-sessionscope:')));
  return problems;
}

/** The client of v2 asks a process of its own, which it then ends, what the server speaks. */
function sessionsOf({ over, era }: Way): number {
  return over === 'stdio' && era === 'modern' ? 2 : 1;
}

function endProblems(ends: ReceivedSpan[], way: Way, visit: Visit): string[] {
  const of = (attribute: string): unknown[] =>
    ends.map(({ attributes }) => attributes[`mcp.client.session.${attribute}`]);
  const sum = (attribute: string): number =>
    of(attribute).reduce((all: number, each) => all + Number(each), 0);
  const expected: [string, unknown, unknown][] = [
    ['session ends', ends.length, sessionsOf(way)],
    ['calls', sum('calls'), visit.requests + 1],
    ['errors', sum('errors'), visit.failures],
    ['tools', of('tools').filter(Boolean).join(), 'get_weather, fail, no_such_tool'],
    ['end', of('end_reason').includes(way.endsWith), true],
  ];
  return expected
    .filter(([, found, right]) => found !== right)
    .map(
      ([what, found, right]) =>
        `${what}: ${String(found)} instead of ${String(right)} (${of('end_reason').join()})`,
    );
}
