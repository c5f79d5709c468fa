import { METRICS } from '../names.ts';
import { statPanel } from '../panels.ts';
import { failures, growth, quantile, select, share, sum } from '../promql.ts';
import { now } from '../queries.ts';
import { CHOSEN, CHOSEN_OF_ANY_TOOL, ERROR_STEPS, NO_METRICS, SERVER } from './selection.ts';

export function requests() {
  return statPanel({
    title: 'Requests',
    shows: 'Requests and notifications received in the time range.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    decimals: 0,
    targets: [now(sum([], growth(select(SERVER.count, ...CHOSEN))))],
  });
}

export function errorShare() {
  return statPanel({
    title: 'Error rate',
    shows:
      'Share of the requests in the time range that failed, the caller’s mistakes included; not what was cancelled.',
    whenEmpty: NO_METRICS,
    unit: 'percentunit',
    decimals: 1,
    steps: ERROR_STEPS,
    targets: [
      now(share([], failures(SERVER.count, CHOSEN, growth), growth(select(SERVER.count, ...CHOSEN)))),
    ],
  });
}

export function p95() {
  return statPanel({
    title: 'p95 duration',
    shows: 'Of the requests in the time range; estimated within the buckets of the histogram.',
    whenEmpty: NO_METRICS,
    unit: 's',
    targets: [now(quantile(0.95, [], growth(select(SERVER.bucket, ...CHOSEN))))],
  });
}

export function inFlightNow() {
  return statPanel({
    title: 'In flight',
    shows: 'Requests that are being handled at the end of the time range.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    targets: [now(sum([], select(METRICS.activeOperations, ...CHOSEN_OF_ANY_TOOL)))],
  });
}
