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

/** The same of the resource. */
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

/** Contains the text of the box, in whatever case. An empty box is in every text. */
export function contains(expression: string, variable: string): string {
  return `positionCaseInsensitiveUTF8(${expression}, ${text(variable)}) > 0`;
}

/** Contains the text of the box as it is written. */
export function containsExactly(expression: string, variable: string): string {
  return `position(${expression}, ${text(variable)}) > 0`;
}

/** One of the values that are chosen, or all are. Values come as in a URL: `var-name=a&var-name=b`. */
export function isChosen(expression: string, variable: string): string {
  const values = `splitByChar('&', '\${${variable}:queryparam}')`;
  const decoded = `arrayMap(p -> decodeURLComponent(substring(p, position(p, '=') + 1)), ${values})`;
  return `hasAny(${decoded}, [${expression}, '${ALL}'])`;
}

/** A number that a text box holds. */
export function numberIn(variable: string, otherwise: number): string {
  return `ifNull(toFloat64OrNull(${text(variable)}), ${otherwise})`;
}

/** Conditions that all hold, one a line. */
export function all(conditions: readonly string[], indent = '  '): string {
  return conditions.join(`\n${indent}AND `);
}
