import { LABELS, METRICS } from '../names.ts';
import { barPanel, statPanel } from '../panels.ts';
import { failures, growth, quantile, select, share, sum } from '../promql.ts';
import { now } from '../queries.ts';
import { TO_SERVERS } from '../sides.ts';

/** A job in Prometheus is the service, behind its namespace where it has one. */
const OF_SERVICE = `${LABELS.job}=~"(.+/)?$service"`;
const ASKED = [OF_SERVICE, TO_SERVERS];
const NO_METRICS =
  'Metrics arrive once a minute by default. Check the time range, the service, that enableMetrics is on, and with "mcp-sessionscope doctor" that metrics reach the collector.';

export function active() {
  return statPanel({
    title: 'Active sessions',
    shows: 'Client sessions that are open at the end of the time range, as the servers count them.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    targets: [now(sum([], select(METRICS.activeSessions, OF_SERVICE)))],
  });
}

export function duration(title: string, q: number) {
  const ended = select(METRICS.clientSession.bucket, OF_SERVICE);
  return statPanel({
    title,
    shows:
      'Of the client sessions that ended in the time range; estimated within the buckets of the histogram.',
    whenEmpty: `No session ended in the time range, which is normal for long ones; the table has those that are active. ${NO_METRICS}`,
    unit: 's',
    targets: [now(quantile(q, [], growth(ended)))],
  });
}

export function calls() {
  return statPanel({
    title: 'Requests',
    shows: 'Requests and notifications that the servers received in the time range.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    decimals: 0,
    targets: [now(sum([], growth(select(METRICS.serverOperation.count, ...ASKED))))],
  });
}

export function errorRate() {
  const { count } = METRICS.serverOperation;
  const part = failures(count, ASKED, growth);
  return statPanel({
    title: 'Error rate',
    shows:
      'Share of the requests that failed, in the time range: tool errors and JSON-RPC errors, those that are the caller’s doing included; not what the client cancelled.',
    whenEmpty: NO_METRICS,
    unit: 'percentunit',
    decimals: 1,
    steps: [
      [null, 'green'],
      [0.01, 'orange'],
      [0.05, 'red'],
    ],
    targets: [now(share([], part, growth(select(count, ...ASKED))))],
  });
}

export function byClient() {
  const ended = growth(select(METRICS.clientSession.count, OF_SERVICE));
  const open = select(METRICS.activeSessions, OF_SERVICE);
  return barPanel({
    title: 'Sessions by client',
    shows:
      'Client sessions that ended in the time range or are open at its end, by the name that the client gave.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    targets: [
      now(`sort_desc(${sum([LABELS.clientName], `${ended} or ${open}`)} > 0)`, `{{${LABELS.clientName}}}`),
    ],
  });
}
