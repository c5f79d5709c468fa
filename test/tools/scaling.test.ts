import { describe, expect, it } from '@jest/globals';
import { Ledger } from '../system/scaling/ledger.ts';
import { metricSum } from '../system/scaling/prometheus-text.ts';
import { pointsOf, SeriesCounter, seriesOf } from '../system/scaling/series.ts';
import { isInShare, shareOf } from '../system/scaling/share.ts';
import { checksOf, routingCheck, rowsOf } from '../system/scaling/verdict.ts';
import { KINDS, type Played, plan } from '../system/scaling/visits.ts';

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const span = (session: string, spanId: string, traceId = 'a'.repeat(32), ...attributes: object[]) => ({
  spanId,
  traceId,
  name: 'x',
  attributes: [text('mcp.client.session.id', session), ...attributes],
});
const request = (...spans: object[]) => ({
  resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans }] }],
});
const ledger = (...spans: object[]): Ledger => {
  const made = new Ledger();
  made.add(request(...spans));
  return made;
};

describe('the share of sessions', () => {
  it('is 26 of 256', () => {
    expect(shareOf()).toBe(26 / 256);
  });

  it('is about what random ids come to', () => {
    const kept = Array.from({ length: 10_000 }, (_, number) => `session-${number}`).filter((id) =>
      isInShare(id),
    );
    expect(kept.length / 10_000).toBeCloseTo(shareOf(), 1);
  });
});

describe('the ledger', () => {
  it('counts a span that arrives twice once', () => {
    const spans = ledger(span('s', '1'), span('s', '1'), span('s', '2'));
    expect([spans.spans, spans.duplicates]).toEqual([2, 1]);
  });

  it('tells whole, part and none', () => {
    const sent = ledger(span('s', '1'), span('s', '2'));
    expect(ledger(span('s', '2'), span('s', '1')).fateOf('s', sent)).toBe('whole');
    expect(ledger(span('s', '2')).fateOf('s', sent)).toBe('part');
    expect(ledger().fateOf('s', sent)).toBe('none');
  });
});

describe('the verdict', () => {
  const kind = KINDS.find(({ name }) => name === 'a tool fails')!;
  const int = (key: string, intValue: number) => ({ key, value: { intValue } });
  const end = span(
    'failing',
    '2',
    undefined,
    text('mcp.client.session.event', 'end'),
    int('mcp.client.session.seq', 1),
    int('mcp.client.session.calls', 3),
    int('mcp.client.session.errors', 1),
  );
  const played: Played[] = [{ kind, id: 'failing', requests: 3, errors: 1 }];
  const sent = ledger(span('failing', '1'), end);

  it('is good where a session with errors is whole', () => {
    const checks = checksOf(played, { sent, kept: ledger(span('failing', '1'), end) });
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('is bad where it is cut', () => {
    const checks = checksOf(played, { sent, kept: ledger(end) });
    expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual([
      'sessions with errors are whole',
    ]);
    expect(rowsOf(played, { sent, kept: ledger(end) })).toMatchObject([
      { part: 1, spansSent: 2, spansKept: 1 },
    ]);
  });

  it('is bad where the client counted more than the server reported', () => {
    const checks = checksOf([{ ...played[0]!, requests: 4 }], { sent, kept: sent });
    expect(checks.filter(({ ok }) => !ok)).toHaveLength(1);
  });
});

describe('the check of the gateway', () => {
  const [one, other] = ['a'.repeat(32), 'b'.repeat(32)];

  it('is good where traces went to one sampler each', () => {
    const ledgers = [ledger(span('s', '1', one), span('s', '2', one)), ledger(span('s', '3', other))];
    expect(routingCheck(ledgers)).toMatchObject({ ok: true, found: '1 and 1' });
  });

  it('is bad where a trace is cut, or a sampler had nothing', () => {
    expect(routingCheck([ledger(span('s', '1', one)), ledger(span('s', '2', one))]).ok).toBe(false);
    expect(routingCheck([ledger(span('s', '1', one)), ledger()]).ok).toBe(false);
  });
});

describe('the plan of sessions', () => {
  it('has every kind, as often as its share says', () => {
    const names = plan(40).map(({ name }) => name);
    for (const { name, share } of KINDS)
      expect(names.filter((each) => each === name)).toHaveLength(2 * share);
  });
});

describe('the formula of series', () => {
  it('counts 17 for a point of an operation, 16 for one of a size and 23 for one of a session', () => {
    const points = pointsOf({ tools: 5, errorTypes: 2, clients: 10 });
    expect(points).toEqual({ operations: 18, sizes: 15, clientSessions: 10, active: 13, process: 1 });
    expect(seriesOf(points)).toBe(18 * 17 + 15 * 16 + 11 * 23 + 13);
  });

  it('agrees with a count of exported points, each once', () => {
    const counter = new SeriesCounter();
    const point = { attributes: [text('mcp.method.name', 'initialize')], bucketCounts: Array(15).fill(0) };
    const metrics = [
      { name: 'duration', histogram: { dataPoints: [point] } },
      { name: 'active', sum: { dataPoints: [{ attributes: [], asInt: 1 }] } },
    ];
    const body = { resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics }] }] };
    counter.add(body);
    counter.add(body);
    expect([counter.points, counter.series]).toEqual([2, 18]);
  });
});

describe('metrics of a Collector', () => {
  it('are summed over their series', () => {
    const lines =
      '# TYPE sent counter\nsent_total{exporter="a"} 3\nsent_total{exporter="b"} 4\nsent_bytes 9\n';
    expect(metricSum(lines, 'sent')).toBe(7);
    expect(metricSum(lines, 'absent')).toBe(0);
  });
});
