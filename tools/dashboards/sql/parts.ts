import * as semconv from '../../../src/sdk/signals/semconv.ts';

/** The exporter's table, in the database that the data source is set to. */
export const SPANS = 'otel_traces';

/** Within the time range of the dashboard, to the millisecond. */
export const IN_RANGE =
  'Timestamp >= fromUnixTimestamp64Milli(${__from}) AND Timestamp <= fromUnixTimestamp64Milli(${__to})';

/** What a variable holds when all of its values are chosen. */
const ALL = '$__all';

/** An attribute of a span; empty where it has none. */
export function attribute(name: string): string {
  return `SpanAttributes['${name}']`;
}

/**
 * A span has the attribute. Where a query names several others, this halves its work: ClickHouse then reads all
 * attributes at once, which it otherwise does anew for each.
 */
export function hasAttribute(name: string): string {
  return `mapContains(SpanAttributes, ${quoted(name)})`;
}

/** An attribute of the resource; empty where it has none. */
export function resource(name: string): string {
  return `ResourceAttributes['${name}']`;
}

/** A text of this query's own. */
export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

export function oneOf(expression: string, texts: readonly string[]): string {
  return `${expression} IN (${texts.map(quoted).join(', ')})`;
}

/** Conditions of the spans that tell of sessions. Their names are few, and the table is sorted by them. */
export const SESSION_SPANS: readonly string[] = [
  IN_RANGE,
  oneOf('SpanName', [semconv.SPAN_SESSION_START, semconv.SPAN_SESSION_UPDATE, semconv.SPAN_SESSION_END]),
  hasAttribute(semconv.ATTR_MCP_CLIENT_SESSION_EVENT),
];

/** `expression`, or nothing where it is empty. */
export function present(expression: string): string {
  return `nullIf(${expression}, '')`;
}

/**
 * What a text box holds. It comes percent-encoded, which leaves no character that means anything within quotes, and is
 * decoded by ClickHouse: the other formats of Grafana leave backslashes, by which a text would end the quotes.
 */
export function text(variable: string): string {
  return `decodeURLComponent('\${${variable}:percentencode}')`;
}

/** Contains the text of the box, in whatever case. */
export function contains(expression: string, variable: string): string {
  return unlessEmpty(variable, `positionCaseInsensitiveUTF8(${expression}, ${text(variable)})`);
}

/** One of the texts contains that of the box, in whatever case. */
export function oneContains(texts: string, variable: string): string {
  return unlessEmpty(variable, existsAt(`positionCaseInsensitiveUTF8(one, ${text(variable)})`, texts));
}

/** One of the texts contains that of the box as it is written. */
export function oneContainsExactly(texts: string, variable: string): string {
  return unlessEmpty(variable, existsAt(`position(one, ${text(variable)})`, texts));
}

/** One of the values that are chosen, or all are. Values come as in a URL: `var-name=a&var-name=b`. */
export function isChosen(expression: string, variable: string): string {
  const values = `splitByChar('&', '\${${variable}:queryparam}')`;
  const decoded = `arrayMap(p -> decodeURLComponent(substring(p, position(p, '=') + 1)), ${values})`;
  // Two constants to look in, and nothing to do a row where all are chosen: hasAny would take ten times as long.
  return `(has(${decoded}, '${ALL}') OR has(${decoded}, ${expression}))`;
}

/** A number that a text box holds. */
export function numberIn(variable: string, otherwise: number): string {
  return `ifNull(toFloat64OrNull(${text(variable)}), ${otherwise})`;
}

/** Conditions that all hold, one a line. */
export function all(conditions: readonly string[], indent = '  '): string {
  return conditions.join(`\n${indent}AND `);
}

/** An empty box is in every text; said so, the expression need not be known before the rows are sorted. */
function unlessEmpty(variable: string, place: string): string {
  return `(${text(variable)} = '' OR ${place} > 0)`;
}

function existsAt(place: string, texts: string): string {
  return `arrayExists(one -> ${place} > 0, ${texts})`;
}
