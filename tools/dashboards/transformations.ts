import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard';

/** Numbers come as text from Tempo. */
export function toNumbers(fields: readonly string[]): DataTransformerConfig {
  return conversions(fields.map((targetField) => ({ targetField, destinationType: 'number' })));
}

/** One table of several, by a field that they share. */
export function joinBy(byField: string): DataTransformerConfig {
  return { id: 'joinByField', options: { byField, mode: 'outer' } };
}

export function toTimes(fields: readonly string[]): DataTransformerConfig {
  return conversions(fields.map((targetField) => ({ targetField, destinationType: 'time' })));
}

/** Texts become the place at which they stand in `texts`; others nothing. */
export function toRank(field: string, texts: readonly string[]): DataTransformerConfig {
  return conversions([{ targetField: field, destinationType: 'enum', enumConfig: { text: [...texts] } }]);
}

export function sortBy(field: string, desc: boolean): DataTransformerConfig {
  return { id: 'sortBy', options: { sort: [{ field, desc }] } };
}

/** One row for each value of `key`; of other fields what the reducers say. Results are called `field (reducer)`. */
export function groupBy(
  key: readonly string[],
  reduced: Readonly<Record<string, readonly string[]>>,
): DataTransformerConfig {
  const keys = key.map((field) => [field, { operation: 'groupby', aggregations: [] }]);
  const rest = Object.entries(reduced).map(([field, aggregations]) => [
    field,
    { operation: 'aggregate', aggregations: [...aggregations] },
  ]);
  return { id: 'groupBy', options: { fields: Object.fromEntries([...keys, ...rest]) } };
}

/** Keeps the rows whose field matches. */
export function keepMatching(fieldName: string, regex: string): DataTransformerConfig {
  return {
    id: 'filterByValue',
    options: {
      type: 'include',
      match: 'all',
      filters: [{ fieldName, config: { id: 'regex', options: { value: regex } } }],
    },
  };
}

/** A field or a number. */
export type Operand = { readonly field: string } | { readonly number: number | string };

export function calculate(
  alias: string,
  left: Operand,
  operator: '+' | '-' | '*' | '/',
  right: Operand,
): DataTransformerConfig {
  return calculation(alias, {
    mode: 'binary',
    binary: { left: operand(left), operator, right: operand(right) },
  });
}

export function round(alias: string, how: 'floor' | 'ceil' | 'abs', field: string): DataTransformerConfig {
  return calculation(alias, { mode: 'unary', unary: { operator: how, fieldName: field } });
}

/** Over the fields of one row. What is missing counts as 0. */
export function reduceRow(
  alias: string,
  reducer: 'min' | 'max',
  fields: readonly string[],
): DataTransformerConfig {
  return calculation(alias, {
    mode: 'reduceRow',
    reduce: { reducer, include: [...fields], nullValueMode: 'null as zero' },
  });
}

/** A field of the same values, for a transformation that would replace the field. */
export function copy(alias: string, field: string): DataTransformerConfig {
  return calculation(alias, { mode: 'reduceRow', reduce: { reducer: 'lastNotNull', include: [field] } });
}

/** The first of the fields that has a value, row by row. */
export function first(alias: string, fields: readonly string[]): DataTransformerConfig {
  return calculation(alias, { mode: 'reduceRow', reduce: { reducer: 'firstNotNull', include: [...fields] } });
}

/** A column of a table: the field it shows, and its title. */
export interface Shown {
  readonly field: string;
  readonly title: string;
}

/** These columns in this order, and no other. */
export function columns(shown: readonly Shown[]): DataTransformerConfig {
  return {
    id: 'organize',
    options: {
      excludeByName: {},
      includeByName: Object.fromEntries(shown.map(({ field }) => [field, true])),
      indexByName: Object.fromEntries(shown.map(({ field }, i) => [field, i])),
      renameByName: Object.fromEntries(shown.map(({ field, title }) => [field, title])),
    },
  };
}

/** Without the field where the variable is empty: with a text in it, the pattern is no name of a field. */
export function withoutWhereEmpty(field: string, variable: string): DataTransformerConfig {
  const pattern = `/^${field}\${${variable}:percentencode}$/`;
  return { id: 'filterFieldsByName', options: { exclude: { pattern } } };
}

function conversions(list: readonly object[]): DataTransformerConfig {
  return { id: 'convertFieldType', options: { fields: {}, conversions: [...list] } };
}

function calculation(alias: string, options: object): DataTransformerConfig {
  return { id: 'calculateField', options: { alias, timeSeries: false, replaceFields: false, ...options } };
}

function operand(of: Operand): object {
  return 'field' in of ? { matcher: { id: 'byName', options: of.field } } : { fixed: String(of.number) };
}
