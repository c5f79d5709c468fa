import { describe, expect, it } from '@jest/globals';
import type { ReceivedMetric, ReceivedSpan } from '../../tools/support/otlp-sink.ts';
import { allCells, type Cell, shortCells } from '../system/matrix/cells.ts';
import { problemsWith } from '../system/matrix/expectations.ts';

const cell = allCells().find(({ sdk, otel }) => sdk.app === 'mcp-v1' && otel.how === 'none') as Cell;
const resource = { 'service.name': 'the-application' };

function span(name: string, spanId: string, over: Partial<ReceivedSpan> = {}): ReceivedSpan {
  const attributes = { 'mcp.session.id': 'process 1' };
  return {
    name,
    traceId: 't',
    spanId,
    parentSpanId: '',
    kind: 1,
    status: 0,
    attributes,
    resource,
    scope: '',
    ...over,
  };
}

/** What one connection of the app sends, in the process with this session. */
function connection(number: number, session: string): ReceivedSpan[] {
  const attributes = { 'mcp.session.id': session };
  return [
    span('mcp.session start', `start ${number}`, { attributes }),
    span('initialize', `initialize ${number}`, { attributes }),
    span('tools/list', `list ${number}`, { attributes }),
    span('tools/call greet', `greet ${number}`, { attributes }),
    span('looking up a name', `name ${number}`, { attributes, parentSpanId: `greet ${number}` }),
    span('tools/call fail', `fail ${number}`, { attributes, status: 2 }),
    span('mcp.session end', `end ${number}`, { attributes }),
  ];
}

const spans = [...connection(1, 'process 1'), ...connection(2, 'process 1'), ...connection(3, 'process 2')];
const metric = (name: string, count: number): ReceivedMetric => ({ name, unit: 's', count, resource });
const metrics = [
  metric('mcp.server.operation.duration', 9),
  metric('mcp.server.session.duration', 1),
  metric('mcp.server.session.duration', 1),
];

const problems = (changed: ReceivedSpan[], changedMetrics = metrics): string[] =>
  problemsWith({ spans: changed, metrics: changedMetrics }, cell.sdk, cell.otel);

const edited = (name: string, over: Partial<ReceivedSpan>): ReceivedSpan[] =>
  spans.map((each) => (each.name === name ? { ...each, ...over } : each));

describe('what the matrix expects to arrive', () => {
  it('is content with all of it', () => {
    expect(problems(spans)).toEqual([]);
  });

  it.each([...new Set(spans.map(({ name }) => name))])('misses a span "%s"', (name) => {
    const first = spans.findIndex((each) => each.name === name);
    expect(problems(spans.toSpliced(first, 1))).not.toEqual([]);
  });

  it('misses each metric', () => {
    for (const index of metrics.keys()) expect(problems(spans, metrics.toSpliced(index, 1))).toHaveLength(1);
  });

  it('notices a wrong status, parent, resource and process session', () => {
    expect(problems(edited('tools/call fail', { status: 0 }))).toEqual(['a failed call is no error']);
    expect(problems(edited('tools/call greet', { status: 2 }))).toEqual(['a good call is an error']);
    expect(problems(edited('looking up a name', { parentSpanId: 'other' }))).toHaveLength(1);
    expect(problems(edited('initialize', { resource: {} }))).toHaveLength(1);
    expect(problems(spans.map((each) => ({ ...each, attributes: {} })))).toHaveLength(1);
  });
});

describe('the cells of the matrix', () => {
  it('cover every SDK, format, Node.js and OpenTelemetry that are promised', () => {
    const cells = allCells();
    const values = (pick: (each: Cell) => string): string[] => [...new Set(cells.map(pick))].sort();
    expect(values(({ sdk }) => sdk.name)).toEqual(['v1, 1.24', 'v1, newest', 'v1, oldest', 'v2, newest']);
    expect(values(({ format }) => format)).toEqual(['cjs', 'esm']);
    expect(values(({ node }) => node)).toEqual(['20', '20.6.0', '22', '24']);
    expect(values(({ otel }) => otel.name)).toEqual([
      '2.x, config',
      '2.x, global',
      '3.x, config',
      '3.x, global',
      'none',
    ]);
    expect(cells).toHaveLength(108);
  });

  it('are few in the short run, and on this Node.js', () => {
    const majors = new Set(shortCells().map(({ node }) => node));
    expect(shortCells()).toHaveLength(6);
    expect([...majors]).toEqual([process.versions.node.split('.')[0]]);
  });
});
