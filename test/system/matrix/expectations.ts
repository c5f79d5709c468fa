import type { OtlpSink, ReceivedSpan } from '../../../tools/support/otlp-sink.ts';
import type { McpSdk, Otel } from './cells.ts';

/** The app connects in memory, over HTTP and over stdio, and calls every tool once on each. */
const CONNECTIONS = 3;
/** The app and its stdio server. */
const PROCESSES = 2;
const STATUS_ERROR = 2;

/** What is wrong with the telemetry of one run of the app: nothing, if all of it arrived as it must. */
export function problemsWith(
  { spans, metrics }: Pick<OtlpSink, 'spans' | 'metrics'>,
  sdk: McpSdk,
  otel: Otel,
  { hasOwnSpans } = { hasOwnSpans: true },
): string[] {
  const problems: string[] = [];
  // What reaches the servers of a process by itself, reaches its clients too.
  const ofClients = spans.filter(isOfClient);
  const served = spans.filter((span) => !isOfClient(span));
  const expect = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem);
  };
  const named = (name: string): ReceivedSpan[] => served.filter((span) => span.name === name);
  const expectCount = (name: string, count: number): void =>
    expect(named(name).length === count, `${named(name).length} spans "${name}" instead of ${count}`);

  expectCount('initialize', sdk.initializesOverHttp ? CONNECTIONS : CONNECTIONS - 1);
  for (const name of ['tools/list', 'tools/call greet', 'tools/call fail']) expectCount(name, CONNECTIONS);
  expectCount('looking up a name', hasOwnSpans ? CONNECTIONS : 0);
  for (const name of ['mcp.session start', 'mcp.session end']) expectCount(name, CONNECTIONS);
  expect(
    named('tools/call fail').every((span) => span.status === STATUS_ERROR),
    'a failed call is no error',
  );
  expect(
    named('tools/call greet').every((span) => span.status !== STATUS_ERROR),
    'a good call is an error',
  );
  const http = spans.filter(({ scope }) => scope === '@opentelemetry/instrumentation-http');
  problems.push(...nestingProblems(named, http, otel.how === 'auto' && ofClients.length === 0 ? 1 : 0, otel));
  if (ofClients.length > 0) problems.push(...clientProblems(ofClients, named));

  const sessions = new Set(spans.map((span) => span.attributes['mcp.session.id']).filter(Boolean));
  expect(sessions.size === PROCESSES, `${sessions.size} process sessions instead of ${PROCESSES}`);
  const durations = metrics.filter(({ name }) => name === 'mcp.server.operation.duration');
  expect(
    durations.some(({ unit, count }) => unit === 's' && count >= 2 * CONNECTIONS),
    'no mcp.server.operation.duration of all requests, in seconds',
  );
  const sessionDurations = metrics.filter(({ name }) => name === 'mcp.server.session.duration');
  expect(sessionDurations.length >= PROCESSES, 'mcp.server.session.duration is missing');
  problems.push(...resourceProblems([...spans, ...metrics], otel));
  return problems;
}

/** The spans that a handler makes are children of its request's span. */
function nestingProblems(
  named: (name: string) => ReceivedSpan[],
  http: readonly ReceivedSpan[],
  callsBelowHttp: number,
  otel: Otel,
): string[] {
  const isInside = (inner: ReceivedSpan, outer: string): boolean =>
    named(outer).some(({ spanId, traceId }) => inner.parentSpanId === spanId && inner.traceId === traceId);
  const problems: string[] = [];
  if (!named('looking up a name').every((span) => isInside(span, 'tools/call greet'))) {
    problems.push('a span made through the manager is not inside its request');
  }
  // The application's own tracer records only where its provider is the global one.
  const own = named('reading the book of names');
  if (own.length !== (otel.how === 'global' ? CONNECTIONS : 0)) {
    problems.push(`${own.length} spans of the application's own tracer`);
  }
  if (!own.every((span) => isInside(span, 'looking up a name'))) {
    problems.push('a span of the application is not inside its request');
  }
  // The server's HTTP span is the instrumentation's for HTTP; what came in over HTTP hangs below it, in one trace;
  // below its client's span, where that is recorded too.
  const belowHttp = named('tools/call greet').filter(({ parentSpanId, traceId }) =>
    http.some((span) => span.spanId === parentSpanId && span.traceId === traceId),
  );
  if (belowHttp.length !== callsBelowHttp) {
    problems.push(`${belowHttp.length} calls hang below a span of an HTTP server`);
  }
  return problems;
}

function isOfClient({ attributes }: ReceivedSpan): boolean {
  return attributes['mcp.client.connection.id'] !== undefined;
}

/** Each call of a tool is there once more, from its client, and the server's span hangs below that. */
function clientProblems(
  ofClients: readonly ReceivedSpan[],
  named: (name: string) => ReceivedSpan[],
): string[] {
  return ['tools/call greet', 'tools/call fail'].flatMap((name) => {
    const sent = new Set(
      ofClients.filter((span) => span.name === name).map(({ traceId, spanId }) => `${traceId} ${spanId}`),
    );
    const below = named(name).filter(({ traceId, parentSpanId }) => sent.has(`${traceId} ${parentSpanId}`));
    return sent.size === CONNECTIONS && below.length === CONNECTIONS
      ? []
      : [`${sent.size} spans "${name}" of clients, and ${below.length} of servers below them`];
  });
}

function resourceProblems(
  items: { name: string; resource: Record<string, unknown> }[],
  otel: Otel,
): string[] {
  const line = otel.how === 'none' ? undefined : otel.name.split(',')[0];
  const strange = items.find(
    ({ resource }) => resource['service.name'] !== 'the-application' || resource['otel.line'] !== line,
  );
  return strange === undefined ? [] : [`"${strange.name}" came from another SDK than expected`];
}
