import { all, SPANS } from './parts.ts';

/** A column: its name, and what is in it. */
export type Named = readonly [name: string, expression: string];

export interface PerStep {
  /** What is counted in each step of a graph. */
  readonly values: readonly Named[];
  /** A series for each of these. */
  readonly by?: readonly Named[];
  readonly conditions: readonly string[];
}

const STEP = '${__interval_ms}';

/** Numbers for each step of a graph, 0 for those in which nothing happened, in the order of time; none of nothing. */
export function perStep({ values, by = [], conditions }: PerStep): string {
  const named = ([name, expression]: Named): string => `${expression} AS \`${name}\``;
  const keys = by.map(([name]) => `\`${name}\``);
  const shown = [...by, ...values].map(([name]) => `\`${name}\``);
  return `SELECT
  fromUnixTimestamp64Milli(step) AS time,
  ${shown.join(',\n  ')}
FROM (
  SELECT
    *,
    sum(spans) OVER (PARTITION BY ${keys.length === 0 ? '1' : keys.join(', ')}) AS found
  FROM (
    SELECT
      ${[`intDiv(toUnixTimestamp64Milli(Timestamp), ${STEP}) * ${STEP} AS step`, ...by.map(named), ...values.map(named)].join(',\n      ')},
      uniqExact(SpanId) AS spans
    FROM ${SPANS}
    WHERE ${all(conditions, '      ')}
    GROUP BY ${[...keys, 'step'].join(', ')}
    ORDER BY ${[...keys, 'step'].join(', ')} WITH FILL
      FROM intDiv(\${__from}, ${STEP}) * ${STEP} TO greatest(\${__to}, \${__from}) + 1 STEP ${STEP}
  )
)
WHERE found > 0
ORDER BY ${['time', ...keys].join(', ')}`;
}
