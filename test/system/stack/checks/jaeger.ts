import assert from 'node:assert/strict';
import type { Backends } from '../../../../tools/dashboards/evaluate/backends.ts';
import { TRACE } from '../../../../tools/dashboards/evaluate/clickhouse-frames.ts';
import { clickhouseFramesOf } from '../../../../tools/dashboards/evaluate/clickhouse-query.ts';
import type { View } from '../../../../tools/dashboards/evaluate/variables.ts';
import { callsOf, type SessionTruth, sharesOf } from '../traffic/truth.ts';
import type { Facts } from './check.ts';
import { expectBetween, expectEqual, expectInOrder } from './expect.ts';
import { eventsOf } from './session.ts';

interface JaegerSpan {
  traceID: string;
  spanID: string;
  operationName: string;
  startTime: number;
  duration: number;
  references: { refType: string; spanID: string }[];
  tags: { key: string; value: unknown }[];
}

interface JaegerTrace {
  traceID: string;
  spans: JaegerSpan[];
}

const TIMEOUT_MS = 20_000;
/** No client sends so many requests. */
const MOST_TRACES = 200;
const HOUR_MS = 3_600_000;
const UPDATE = 'mcp.session update';
const SESSION_ID = 'mcp.client.session.id';

/** What Jaeger's API must answer: a problem for each thing that it does not. */
export const JAEGER_CHECKS: Record<string, (url: string, facts: Facts, backends: Backends) => Promise<void>> =
  {
    'a search by session id finds the trace of every session': async (url, facts) => {
      for (const session of facts.truth.sessions) await expectSession(url, session, facts);
    },
    'the links of the tables lead to the traces of their sessions': async (url, facts, backends) => {
      const { ids, linked, view } = facts;
      expectBetween(linked.size, 1, Number.POSITIVE_INFINITY, 'the number of traces that tables link to');
      for (const [trace, { sessions, sql }] of linked) {
        const [found] = (await get<JaegerTrace[]>(`${url}/api/traces/${trace}`, {})) as [JaegerTrace];
        const there = new Set(found.spans.map(sessionOfSpan));
        for (const session of sessions) {
          expectEqual(
            there.has(ids.get(session)),
            true,
            `that ${trace} is a trace of ${session.client.name}`,
          );
        }
        if (sql !== undefined) await expectSameTrace(sql, found, view, backends);
      }
    },
    'latencies of the service': (url, facts) =>
      expectMetric(`${url}/api/metrics/latencies`, { quantile: '0.95' }, facts, (value) => value > 0),
    'calls of the service': (url, facts) =>
      expectMetric(`${url}/api/metrics/calls`, {}, facts, (value) => value > 0),
    'errors of the service': (url, facts) =>
      expectMetric(`${url}/api/metrics/errors`, {}, facts, (value) => value > 0 && value <= 1),
  };

/** Grafana's view of the trace shows the spans that Jaeger has. */
async function expectSameTrace(
  rawSql: string,
  { traceID, spans }: JaegerTrace,
  { from, to }: View,
  backends: Backends,
): Promise<void> {
  const [frame] = await clickhouseFramesOf({ refId: 'A', rawSql, format: TRACE }, {}, backends);
  const column = (name: string): any[] => frame?.fields.find((field) => field.name === name)?.values ?? [];
  const names = column('operationName');
  // The session may go on, and each store hears of it in its own time.
  const ids = column('spanID').filter((_, index) => names[index] !== UPDATE);
  const known = spans.filter(({ operationName }) => operationName !== UPDATE).map(({ spanID }) => spanID);
  expectEqual(ids.sort(), known.sort(), `the spans of the trace ${traceID}`);
  expectEqual(new Set(column('traceID')), new Set([traceID]), 'the trace of its spans');
  for (const start of column('startTime'))
    expectBetween(start, from, to + HOUR_MS, 'the start of a span, in ms,');
  for (const took of column('duration')) expectBetween(took, 0, HOUR_MS, 'the duration of a span, in ms,');
}

/** The session's spans are one trace in each process that served it, unless its client has traces too. */
async function expectSession(url: string, session: SessionTruth, { ids, view }: Facts): Promise<void> {
  const id = ids.get(session);
  assert.ok(id !== undefined, `no id is known for ${session.client.name}`);
  const traces = await get<JaegerTrace[]>(`${url}/api/traces`, {
    service: session.service,
    tags: JSON.stringify({ [SESSION_ID]: id }),
    start: `${view.from}000`,
    end: `${view.to}000`,
    limit: String(MOST_TRACES),
  });
  const what = `${session.client.name} ${id}`;
  if (session.observed) return expectTraces(traces, session, what, id);
  const shares = sharesOf(session).sort((a, b) => a.started.from - b.started.from);
  expectEqual(traces.length, shares.length, `the number of traces of ${what}`);
  const startOf = (trace: JaegerTrace): number => inOrder(trace)[0]?.startTime ?? 0;
  traces.sort((a, b) => startOf(a) - startOf(b));
  for (const [index, share] of shares.entries()) {
    await expectTrace(url, traces[index] as JaegerTrace, share, what, id);
  }
}

/** Each request is in the trace of the client that asked, and what tells of the session in one of its own. */
function expectTraces(traces: JaegerTrace[], session: SessionTruth, what: string, id: string): void {
  const spans = traces.flatMap((trace) => trace.spans);
  const ofSession = spans.filter((span) => sessionOfSpan(span) === id);
  expectInOrder(eventsIn({ spans: ofSession }), eventsOf(session), `the events of ${what}`);
  const parents = new Map(spans.map((span) => [span.spanID, span]));
  const parentOf = ({ references }: JaegerSpan): JaegerSpan | undefined =>
    parents.get(references.find(({ refType }) => refType === 'CHILD_OF')?.spanID ?? '');
  const roots = ofSession.filter((span) => parentOf(span) === undefined);
  expectEqual(
    roots.map(({ operationName }) => operationName),
    ['mcp.session start'],
    `what hangs below nothing of ${what}`,
  );
  const asked = ofSession.filter((span) => parentOf(span)?.operationName === span.operationName);
  expectEqual(asked.length, callsOf(session), `the requests of ${what} that hang below the client's`);
}

/** The trace of one process is complete and in order, found by the tag and by its id. */
async function expectTrace(
  url: string,
  found: JaegerTrace,
  session: SessionTruth,
  what: string,
  id: string,
): Promise<void> {
  const [whole] = (await get<JaegerTrace[]>(`${url}/api/traces/${found.traceID}`, {})) as [JaegerTrace];
  expectInOrder(eventsIn(whole), eventsOf(session), `the events of ${what}`);
  expectInOrder(eventsIn(found), eventsOf(session), `the events of ${what} in the search`);
  const known = new Set(whole.spans.map(({ spanID }) => spanID));
  const [start, ...others] = inOrder(whole) as [JaegerSpan, ...JaegerSpan[]];
  expectEqual(start.references, [], `the parent of the first span of ${what}`);
  for (const span of others) {
    const parent = span.references.find(({ refType }) => refType === 'CHILD_OF');
    assert.ok(
      parent !== undefined && known.has(parent.spanID),
      `${span.operationName} of ${what} hangs below no span`,
    );
    expectEqual(sessionOfSpan(span), id, `the session of ${span.operationName}`);
  }
}

const sessionOfSpan = ({ tags }: JaegerSpan): unknown => tags.find(({ key }) => key === SESSION_ID)?.value;

const inOrder = ({ spans }: Pick<JaegerTrace, 'spans'>): JaegerSpan[] =>
  spans
    .filter(({ operationName }) => operationName !== UPDATE)
    .sort((a, b) => a.startTime - b.startTime || depthOf(a) - depthOf(b));

/** What begins in the same instant as what it hangs below stands after it. */
const depthOf = ({ references }: JaegerSpan): number => references.length;

const eventsIn = (trace: Pick<JaegerTrace, 'spans'>): { name: string; time: number }[] =>
  inOrder(trace).map(({ operationName, startTime }) => ({ name: operationName, time: startTime }));

/** The page "Monitor" of Jaeger: a service that was busy for long has a line with values. */
async function expectMetric(
  url: string,
  params: Record<string, string>,
  { view }: Facts,
  isRight: (value: number) => boolean,
): Promise<void> {
  const body = await get<any>(url, {
    ...params,
    service: 'shop-http',
    endTs: String(view.to),
    lookback: String(view.to - view.from),
    step: '5000',
    ratePer: '60000',
    spanKind: 'server',
  });
  const values: number[] = (body.metrics ?? []).flatMap(({ metricPoints = [] }: any) =>
    metricPoints.map(({ gaugeValue }: any) => Number(gaugeValue?.doubleValue)),
  );
  const right = values.filter((value) => !Number.isNaN(value) && isRight(value));
  expectBetween(right.length, 1, Number.POSITIVE_INFINITY, 'the number of points that make sense');
}

/** Jaeger wraps what it answers about traces in `data`. */
async function get<T>(url: string, params: Record<string, string>): Promise<T> {
  const response = await fetch(`${url}?${new URLSearchParams(params)}`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`Jaeger answered ${response.status} to ${url}: ${body.trim()}`);
  const json = JSON.parse(body);
  return json.data ?? json;
}

/** Runs all of them. */
export async function runJaegerChecks(
  url: string,
  facts: Facts,
  backends: Backends,
): Promise<{ check: string; problem?: string }[]> {
  const outcomes: { check: string; problem?: string }[] = [];
  for (const [check, expectation] of Object.entries(JAEGER_CHECKS)) {
    const problem = await expectation(url, facts, backends).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    outcomes.push({ check, ...(problem !== undefined && { problem }) });
  }
  return outcomes;
}
