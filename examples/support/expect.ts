import assert from 'node:assert/strict';
import type { Attributes, OtlpSink, Point, Span } from './otlp-sink.ts';

/** What an attribute must be: a value, a pattern, a class of values, or absent. */
export type Expected = Record<string, unknown>;

/** Stands for an attribute that must be there, whatever its value. */
export const ANY = Symbol('any value');

/** The spans with this name, in order of their start. */
export function named(sink: OtlpSink, name: string): Span[] {
  return sink.spans.filter((span) => span.name === name).sort(byStart);
}

/** The only span with this name for which `test` holds. Fails, with what did arrive, where there is none or are more. */
export function oneSpan(sink: OtlpSink, name: string, test: (span: Span) => boolean = () => true): Span {
  const found = named(sink, name).filter(test);
  if (found.length === 1) return found[0]!;
  const arrived = [...sink.spans]
    .sort(byStart)
    .map((span) => `  ${span.name} ${String(span.attributes['mcp.client.name'] ?? '')}`);
  throw new assert.AssertionError({
    message: `expected one span '${name}', found ${found.length}. What arrived:\n${arrived.join('\n')}`,
  });
}

/** The newest data point of a metric for which `test` holds; instruments report cumulative values. */
export function newestPoint(
  sink: OtlpSink,
  metric: string,
  test: (point: Point) => boolean = () => true,
): Point {
  const found = sink.points.filter((point) => point.metric === metric && test(point)).at(-1);
  const names = [...new Set(sink.points.map((point) => point.metric))];
  assert(found !== undefined, `no such data point of '${metric}'. Metrics that arrived: ${names.join(', ')}`);
  return found;
}

/** Fails unless the attributes are as expected; `undefined` expects an attribute to be absent. */
export function expectAttributes(of: { name?: string; attributes: Attributes }, expected: Expected): void {
  for (const [key, value] of Object.entries(expected)) {
    const actual = of.attributes[key];
    const label = `${key} of ${of.name ?? 'a data point'}`;
    if (value === ANY) assert(actual !== undefined, `${label} is missing`);
    else if (value instanceof RegExp) assert.match(String(actual), value, label);
    else assert.deepEqual(actual, value, `${label} is ${show(actual)}, expected ${show(value)}`);
  }
}

/** Fails unless `child` is a child of `parent`. */
export function expectChild(child: Span, parent: Span): void {
  assert.equal(child.traceId, parent.traceId, `'${child.name}' and '${parent.name}' are of two traces`);
  assert.equal(child.parentSpanId, parent.spanId, `'${child.name}' is no child of '${parent.name}'`);
}

export const isOfClient =
  (clientName: string) =>
  (span: Span): boolean =>
    span.attributes['mcp.client.name'] === clientName;

export const isError = (span: Span): boolean => span.status.code === 2;

function show(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}

function byStart(a: Span, b: Span): number {
  return Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano));
}
