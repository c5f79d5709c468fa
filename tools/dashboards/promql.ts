import { URL_REQUIRED } from '../../src/explorer/sessions/outcome.ts';
import { ERROR_TYPE_CANCELLED } from '../../src/sdk/signals/semconv.ts';
import { LABELS } from './names.ts';

/** `metric{a="b",c=~"d"}`, from matchers that are written as in PromQL. */
export function select(metric: string, ...matchers: string[]): string {
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`;
}

/** Per second, over the interval that fits the step. */
export function rate(series: string): string {
  return `rate(${series}[$__rate_interval])`;
}

/**
 * How much a counter that starts at 0 grew in the range of the dashboard, exactly.
 *
 * `increase()` does not see the first value of a series, so a process that lives for less than two exports would count
 * nothing. A series that is new in the range counts whole, one that was there before by the difference.
 */
export function growth(series: string): string {
  const now = `last_over_time(${series}[$__range])`;
  return `((${now} - last_over_time(${series}[$__range] offset $__range)) or ${now})`;
}

export function sum(by: readonly string[], expression: string): string {
  return by.length === 0 ? `sum(${expression})` : `sum by (${by.join(', ')}) (${expression})`;
}

export function max(by: readonly string[], expression: string): string {
  return by.length === 0 ? `max(${expression})` : `max by (${by.join(', ')}) (${expression})`;
}

/** A quantile of buckets: `buckets` is the rate or the growth of a `_bucket` series. */
export function quantile(q: number, by: readonly string[], buckets: string): string {
  return `histogram_quantile(${q}, ${sum([...by, LABELS.bucket], buckets)})`;
}

/** The answer does not ask the user to open a URL. */
export const ASKS_NOBODY = `${LABELS.statusCode}!="${URL_REQUIRED}"`;

/** That, and it was not cancelled. */
export const IS_FAILURE: readonly string[] = [`${LABELS.errorType}!="${ERROR_TYPE_CANCELLED}"`, ASKS_NOBODY];

/**
 * Requests that failed: whatever has an error type, and what the caller did wrong, which has a status code and no error
 * type; but for those that {@link IS_FAILURE} leaves out. `counted` makes the rate or the growth of a series.
 */
export function failures(
  metric: string,
  matchers: readonly string[],
  counted: (series: string) => string,
): string {
  const failed = select(metric, ...matchers, `${LABELS.errorType}!=""`, ...IS_FAILURE);
  const wrong = select(
    metric,
    ...matchers,
    `${LABELS.errorType}=""`,
    `${LABELS.statusCode}!=""`,
    ASKS_NOBODY,
  );
  return `(${counted(failed)} or ${counted(wrong)})`;
}

/** `part` of `whole`, with 0 where nothing failed rather than nothing at all. */
export function share(by: readonly string[], part: string, whole: string): string {
  const all = sum(by, whole);
  return `(${sum(by, part)} or ${all} * 0) / (${all} > 0)`;
}
