import { describe, expect, it } from '@jest/globals';
import type { Results } from '../../bench/store/measure.ts';
import { readOptions } from '../../bench/store/options.ts';
import { checksOf } from '../../bench/store/report.ts';
import { type OtlpSpan, rowOf } from '../../bench/store/rows.ts';
import { arrivingSpans, rangeOf } from '../../bench/store/spans.ts';

const SIZE = { spans: 2_000, sessions: 40 };

describe('the spans that fill the store', () => {
  const rows = [...arrivingSpans(SIZE)];
  const numberOf = (row: object, column: string): number => Number(row[column as keyof object]);
  const endOf = (row: object): number => numberOf(row, 'Timestamp') + numberOf(row, 'Duration') / 1e9;

  it('are as many as were asked for, each once, within the range that is looked at', () => {
    const { from, to } = rangeOf(SIZE);
    expect(rows).toHaveLength(SIZE.spans);
    expect(new Set(rows.map((row) => row['SpanId'])).size).toBe(SIZE.spans);
    expect(rows.every((row) => numberOf(row, 'Timestamp') * 1e3 >= from && endOf(row) * 1e3 <= to)).toBe(
      true,
    );
  });

  it('belong to sessions of several servers, which overlap', () => {
    const of = (attribute: string) =>
      rows.map((row) => (row['SpanAttributes'] as Record<string, string>)[attribute]);
    const sessions = of('mcp.client.session.id');
    expect(new Set(sessions).size).toBe(SIZE.sessions);
    expect(new Set(rows.map((row) => row['ServiceName']))).toEqual(
      new Set(['shop', 'catalog', 'payments', 'search']),
    );
    const changes = sessions.filter((id, i) => id !== sessions[i - 1]).length;
    expect(changes).toBeGreaterThan(SIZE.sessions * 5);
  });

  it('are the same in every run', () => {
    expect([...arrivingSpans(SIZE)]).toEqual(rows);
  });
});

it('writes a failed call as the exporter does: text for every value, JSON for a list, the exception as an event', () => {
  const span: OtlpSpan = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: 'tools/call search',
    kind: 2,
    startTimeUnixNano: '1795179600250000000',
    endTimeUnixNano: '1795179600262500000',
    attributes: [
      { key: 'gen_ai.tool.name', value: { stringValue: 'search' } },
      { key: 'mcp.request.id', value: { stringValue: 'r-1' } },
      { key: 'mcp.client.name', value: { stringValue: 'editor' } },
      { key: 'mcp.client.version', value: { stringValue: '1.2' } },
      { key: 'error.type', value: { stringValue: 'TypeError' } },
      { key: 'mcp.client.session.calls', value: { intValue: 3 } },
      {
        key: 'mcp.client.session.tools_list',
        value: { arrayValue: { values: [{ stringValue: 'search' }, { stringValue: 'read' }] } },
      },
    ],
    status: { code: 2 },
  };
  const start = { ...span, spanId: '00f067aa0ba902b7' };
  const row = rowOf(span, start, { name: 'shop', instance: 'p-1', resource: { 'service.name': 'shop' } });
  expect(row).toEqual({
    Timestamp: '1795179600.250000000',
    TraceId: '0af7651916cd43dd8448eb211c80319c',
    SpanId: 'b7ad6b7169203331',
    ParentSpanId: '00f067aa0ba902b7',
    SpanName: 'tools/call search',
    SpanKind: 'Server',
    ServiceName: 'shop',
    ResourceAttributes: { 'service.name': 'shop' },
    ScopeName: 'mcp-sessionscope',
    ScopeVersion: '0.1.0',
    SpanAttributes: {
      'gen_ai.tool.name': 'search',
      'mcp.request.id': 'r-1',
      'mcp.client.name': 'editor',
      'mcp.client.version': '1.2',
      'error.type': 'TypeError',
      'mcp.client.session.calls': '3',
      'mcp.client.session.tools_list': '["search","read"]',
      'mcp.session.id': 'p-1',
      'user_agent.original': 'editor/1.2',
    },
    Duration: '12500000',
    StatusCode: 'Error',
    'Events.Timestamp': ['1795179600.262500000'],
    'Events.Name': ['exception'],
    'Events.Attributes': [
      {
        'exception.type': 'TypeError',
        'exception.message': 'the service behind search answered 503 to r-1',
      },
    ],
  });
});

describe('what must hold of the store', () => {
  const results = (rows: number, readRows: number, processorMs: number): Results => ({
    table: { rows, sessions: 1, parts: 1, bytesPerRow: 60, indexBytesPerRow: 2, insertedPerSecond: 1 },
    scan: { p50Ms: 100, p95Ms: 100, processorMs: 100 },
    panels: [
      { dashboard: 'MCP Sessions', panel: 'Sessions', readRows, rows: 10, p50Ms: 1, p95Ms: 1, processorMs },
      { dashboard: 'MCP Session', panel: 'Events', readRows, rows: 10, p50Ms: 1, p95Ms: 1, processorMs },
    ],
  });
  const failed = (found: Results): string[] =>
    checksOf(found)
      .filter(({ ok }) => !ok)
      .map(({ name }) => name);

  it('fails where a panel reads more than a quarter of the rows', () => {
    expect(failed(results(1_000_000, 250_001, 10))).toEqual([
      'MCP Sessions, Sessions: reads 25.0 % of the rows at most',
      'MCP Session, Events: reads 25.0 % of the rows at most',
    ]);
  });

  it('fails where a panel takes half of what a scan takes, but not in a small table', () => {
    expect(failed(results(1_000_000, 1, 50))).toHaveLength(2);
    expect(failed(results(100_000, 1, 50))).toEqual([]);
  });

  it('throws where a panel is not there', () => {
    const found = results(1_000_000, 1, 1);
    expect(() => checksOf({ ...found, panels: found.panels.slice(1) })).toThrow(/no panel Sessions/);
  });
});

it('reads its options, and refuses numbers that are none', () => {
  expect(readOptions(['--spans', '5000', '--sessions', '100'])).toMatchObject({
    spans: 5_000,
    sessions: 100,
  });
  expect(readOptions(['--short', '--rounds', '9'])).toMatchObject({ spans: 100_000, rounds: 9 });
  expect(readOptions(['--help'])).toBeUndefined();
  expect(() => readOptions(['--rounds', '0'])).toThrow(TypeError);
});
