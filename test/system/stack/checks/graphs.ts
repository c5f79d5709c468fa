import { type Evaluated, linesOf } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import type { Form } from '../../../../tools/dashboards/form.ts';
import type { Expectation, Facts } from './check.ts';
import { isFailure, type Operation, operationsOf, quantileBounds } from './counts.ts';
import { expectBetween, expectEqual, someLines, total } from './expect.ts';

/** Buckets end here; a quantile is never above. */
const HIGHEST_BUCKET = 300;
/** The servers that live long enough to be seen by more than one export: rates know nothing of the others. */
const LONG_LIVED = ['shop-http', 'stock', 'notes'];

/** A line for each, of the servers that were there for long; none for what never happened. */
export function hasRates(keyOf: (operation: Operation) => string | undefined): Expectation {
  return (panel, { truth }) => {
    const lines = someLines(panel);
    expectNames([...lines.keys()], operationsOf(truth), keyOf);
    for (const [name, points] of lines) {
      for (const [, value] of points)
        expectBetween(value, 0, operationsOf(truth).length, `the rate of ${name}`);
    }
  };
}

export function hasShares(keyOf: (operation: Operation) => string | undefined): Expectation {
  return (panel, { truth }) => {
    const all = operationsOf(truth);
    const lines = someLines(panel);
    const known = new Set(all.map(keyOf));
    expectEqual(
      [...lines.keys()].filter((name) => !known.has(name)),
      [],
      'lines for what never happened',
    );
    const failing = new Set(all.filter(isFailure).map(keyOf));
    for (const [name, points] of lines) {
      const most = Math.max(0, ...points.map(([, value]) => value));
      expectBetween(most, 0, failing.has(name) ? 1 : 0, `the greatest share of errors of ${name}`);
    }
    const shown = [...lines]
      .filter(([, points]) => points.some(([, value]) => value > 0))
      .map(([name]) => name);
    const lasting = all
      .filter((one) => isFailure(one) && one.session.client.name === 'night-shift')
      .map(keyOf);
    for (const name of new Set(lasting)) {
      if (name !== undefined) expectEqual(shown.includes(name), true, `that ${name} failed`);
    }
  };
}

export function hasDurations(keyOf: (operation: Operation) => string | undefined): Expectation {
  return (panel, { truth, view }) => {
    const lines = someLines(panel);
    const all = operationsOf(truth, view.to);
    expectNames([...lines.keys()], all, keyOf);
    for (const [name, points] of lines) {
      const own = all.filter((one) => keyOf(one) === name);
      const [, most] = quantileBounds(own, 1);
      for (const [, value] of points) expectBetween(value, 0, most, `the p95 of ${name}`);
    }
  };
}

function expectNames(
  names: string[],
  all: Operation[],
  keyOf: (operation: Operation) => string | undefined,
): void {
  const known = new Set(all.map(keyOf));
  expectEqual(
    names.filter((name) => !known.has(name)),
    [],
    'lines for what never happened',
  );
  const lasting = all.filter(({ session }) => LONG_LIVED.includes(session.service)).map(keyOf);
  const missing = [...new Set(lasting)].filter((name) => name !== undefined && !names.includes(name));
  expectEqual(missing, [], 'what has no line');
}

export function hasQuantiles(isCounted: (operation: Operation) => boolean): Expectation {
  return (panel, { truth, view }) => {
    const lines = someLines(panel);
    expectEqual([...lines.keys()], ['p50', 'p95', 'p99'], 'the lines');
    const [, most] = quantileBounds(operationsOf(truth, view.to).filter(isCounted), 1);
    for (const [name, points] of lines) {
      for (const [, value] of points) expectBetween(value, 0, most, `the ${name}`);
    }
    const [low, high] = ['p50', 'p99'].map((name) => new Map(lines.get(name)));
    for (const [time, value] of low ?? []) {
      expectBetween(high?.get(time), value, most, `the p99, where the median is ${value},`);
    }
  };
}

/** SQL gives none. */
const LEAST_EXEMPLARS: Record<Form, number> = { clickhouse: 0, tempo: 1 };

/** Every request is in one bucket, and exemplars lead to traces. */
export function showsBuckets(panel: Evaluated, { form, truth }: Facts): void {
  const lines = linesOf(panel);
  const counted = lines.reduce((sum, { points }) => sum + total(points), 0);
  expectEqual(counted, operationsOf(truth).length, 'the number of requests in the buckets');
  const traces = panel.annotations.flatMap(
    ({ fields }) => fields.find(({ name }) => name === 'traceId')?.values ?? [],
  );
  expectBetween(traces.length, LEAST_EXEMPLARS[form], Number.POSITIVE_INFINITY, 'the number of exemplars');
  for (const id of traces) expectEqual(/^[0-9a-f]{1,32}$/.test(id), true, `that ${id} is the id of a trace`);
}

/** Only what the servers asked of the clients. */
export function servedMethods(most = HIGHEST_BUCKET): Expectation {
  return (panel, { truth }) => {
    const lines = someLines(panel);
    const known = new Set(truth.sessions.flatMap(({ served }) => served));
    expectEqual(
      [...lines.keys()].filter((name) => !known.has(name)),
      [],
      'lines for what was never asked',
    );
    for (const [name, points] of lines) {
      for (const [, value] of points) expectBetween(value, 0, most, name);
    }
  };
}
