import type { Truth } from '../traffic/truth.ts';
import { showsErrorsByVersion, showsSlowestCalls } from './calls.ts';
import type { Case, Expectation } from './check.ts';
import { countBy, isFailure, type Operation, operationsOf, quantileBounds } from './counts.ts';
import { cell, expectBetween, expectEqual, onlyValue, someLines, someRows } from './expect.ts';
import { hasDurations, hasQuantiles, hasRates, hasShares, servedMethods, showsBuckets } from './graphs.ts';
import { showsToolsNeverCalled, showsToolsNotSeen } from './listed-tools.ts';
import { OPERATIONS } from './names.ts';
import { showsCosts, showsDiscovery, showsErrorTypes, showsSlowestTools } from './operation-tables.ts';
import { showsRetries } from './retries.ts';

export const OPERATIONS_CASES: readonly Case[] = [
  {
    name: 'as it opens',
    dashboard: OPERATIONS,
    panels: {
      Requests: counts(() => true),
      'Error rate': (panel, { truth }) => {
        const all = operationsOf(truth);
        const rate = all.filter(isFailure).length / all.length;
        expectBetween(onlyValue(panel).value, rate - 1e-9, rate + 1e-9, 'the error rate');
      },
      'p95 duration': (panel, { truth, view }) => {
        const [least, most] = quantileBounds(operationsOf(truth, view.to), 0.95);
        expectBetween(onlyValue(panel).value, least, most, 'the p95');
      },
      'In flight': (panel, { truth }) =>
        expectEqual(onlyValue(panel).value, inFlight(truth).length, 'the number of open requests'),
      'Requests by method': hasRates(({ method }) => method),
      'Requests by tool': hasRates(({ tool }) => tool),
      'Error rate by method': hasShares(({ method }) => method),
      'Error rate by tool': hasShares(({ tool }) => tool),
      'Error types': showsErrorTypes,
      'Duration of requests': hasQuantiles(() => true),
      'Durations over time': showsBuckets,
      'p95 duration by method': hasDurations(({ method }) => method),
      'p95 duration by tool': hasDurations(({ tool }) => tool),
      'Slowest tools': showsSlowestTools,
      'Tools that cost most': showsCosts,
      'Estimated tokens by tool': (panel) => void someLines(panel),
      'Duration of tools/list': hasQuantiles(({ method }) => method === 'tools/list'),
      'What clients discovered': showsDiscovery,
      'In flight by method': (panel, { truth }) => {
        const last = [...someLines(panel)].map(([name, points]) => [name, points.at(-1)?.[1] ?? 0]);
        const open = Object.fromEntries(last.filter(([, value]) => value !== 0));
        expectEqual(
          open,
          countBy(inFlight(truth), (method) => method),
          'the open requests by method',
        );
      },
      'Requests to clients by method': servedMethods(),
      'p95 duration of requests to clients': servedMethods(),
    },
  },
  {
    name: 'as it opens',
    dashboard: OPERATIONS,
    only: 'clickhouse',
    panels: {
      'Slowest calls': showsSlowestCalls,
      'Errors by tool and client version': showsErrorsByVersion,
      Retries: showsRetries,
      'Tools never called': showsToolsNeverCalled,
      'Tools not seen by clients': showsToolsNotSeen,
    },
  },
  {
    name: 'one method',
    dashboard: OPERATIONS,
    chosen: () => ({ method: ['tools/call'] }),
    panels: { Requests: counts(({ method }) => method === 'tools/call') },
  },
  {
    name: 'two tools of one server',
    dashboard: OPERATIONS,
    chosen: () => ({ job: ['shop-http'], tool: ['create_payment', 'refund_payment'] }),
    panels: {
      Requests: counts(({ tool }) => tool === 'create_payment' || tool === 'refund_payment'),
      'Slowest tools': (panel) =>
        expectEqual(
          someRows(panel)
            .map((row) => cell(row, 'Tool').text)
            .sort(),
          ['create_payment', 'refund_payment'],
          'the tools',
        ),
    },
  },
];

function counts(isCounted: (operation: Operation) => boolean): Expectation {
  return (panel, { truth }) =>
    expectEqual(
      onlyValue(panel).value,
      operationsOf(truth).filter(isCounted).length,
      'the number of requests',
    );
}

const inFlight = ({ sessions }: Truth): string[] =>
  sessions
    .filter(({ status }) => status === 'active')
    .flatMap(({ requests }) =>
      requests.filter(({ answeredAt }) => answeredAt === undefined).map(({ method }) => method),
    );
