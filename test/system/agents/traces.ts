import type { ReceivedSpan } from '../../../tools/support/otlp-sink.ts';
import type { Way } from './agents.ts';
import { STEPS, type Step, saysItself } from './steps.ts';

const KIND_SERVER = 2;
const KIND_CLIENT = 3;
const STATUS_ERROR = 2;

/** What was found, and what it must be. */
type Fact = [what: string, found: unknown, expected: unknown];

/**
 * What is wrong with the traces of one agent: nothing, if each goes from the agent's span to the tool's own, or for a client
 * that nobody reaches, if there are none of it.
 */
export function problemsWith(spans: readonly ReceivedSpan[], way: Way): string[] {
  const facts = way === 'bare' ? [] : STEPS.flatMap((step) => stepFacts(spans, step));
  return [...facts, ...wholeFacts(spans, way)]
    .filter(([, found, expected]) => found !== expected)
    .map(([what, found, expected]) => `${what}: ${String(found)} instead of ${String(expected)}`);
}

function stepFacts(spans: readonly ReceivedSpan[], step: Step): Fact[] {
  const [own] = spans.filter(({ name }) => name === step.name);
  if (own === undefined) return [[`span '${step.name}'`, 'none', 'one']];
  const below = spans.filter((span) => span !== own && isBelow(spans, span, own));
  const [client, ...moreClients] = below.filter((span) => isCall(span) && span.kind === KIND_CLIENT);
  const [server, ...moreServers] = below.filter((span) => isCall(span) && span.kind === KIND_SERVER);
  const asked = saysItself(step) ? own : client;
  const isError = step.tool !== 'get_weather';
  const [inTool] = below.filter(({ name }) => name === 'look up');
  const of = (what: string): string => `'${step.name}': ${what}`;
  return [
    [of("the client's span"), client?.name, saysItself(step) ? undefined : `tools/call ${step.tool}`],
    [of('further spans of clients'), moreClients.length, 0],
    [of("the server's span"), server?.name, `tools/call ${step.tool}`],
    [of('further spans of servers'), moreServers.length, 0],
    [of("parent of the server's span"), server?.parentSpanId, asked?.spanId],
    [of('method of what was asked'), asked?.attributes['mcp.method.name'], 'tools/call'],
    [of('server of what was asked'), asked?.attributes['mcp.server.name'], 'weather'],
    [of('has an error.type'), asked !== undefined && 'error.type' in asked.attributes, isError],
    [of('failed'), asked?.status === STATUS_ERROR, step.tool === 'fail' || asked?.status === STATUS_ERROR],
    [of("parent of the tool's own span"), inTool?.parentSpanId, isError ? undefined : server?.spanId],
  ];
}

function wholeFacts(spans: readonly ReceivedSpan[], way: Way): Fact[] {
  const ofClient = spans.filter(({ attributes }) => 'mcp.client.connection.id' in attributes);
  const calls = spans.filter((span) => isCall(span) && span.kind === KIND_SERVER);
  const isOfSession = ({ attributes }: ReceivedSpan): boolean => 'mcp.client.session.id' in attributes;
  return [
    ['calls that servers saw', calls.length, STEPS.length],
    ['spans of both sides', ofClient.filter(isOfSession).length, 0],
    ['it was seen', ofClient.length > 0, way !== 'bare'],
    ['it was seen from the start', ofClient.some(isBeginning), way === 'register'],
  ];
}

function isCall({ attributes }: ReceivedSpan): boolean {
  return attributes['mcp.method.name'] === 'tools/call' && 'mcp.session.id' in attributes;
}

/** What each of them does first, but for what v2 asks of a process that it ends again. */
function isBeginning({ name, kind }: ReceivedSpan): boolean {
  return kind === KIND_CLIENT && ['initialize', 'server/discover', 'tools/list'].includes(name);
}

/** Whether it hangs below the other, at whatever depth. */
function isBelow(spans: readonly ReceivedSpan[], span: ReceivedSpan, other: ReceivedSpan): boolean {
  let current: ReceivedSpan | undefined = span;
  while (current !== undefined && current.parentSpanId !== '') {
    const { traceId, parentSpanId }: ReceivedSpan = current;
    if (traceId === other.traceId && parentSpanId === other.spanId) return true;
    current = spans.find((each) => each.traceId === traceId && each.spanId === parentSpanId);
  }
  return false;
}
