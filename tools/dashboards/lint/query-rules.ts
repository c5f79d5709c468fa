import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { LABELS, METRICS, prometheusLabel } from '../names.ts';
import { type Found, isPromQL, isSearch, isTraceQL, panelsOf, type Rule, targetsOf } from './model.ts';
import { around, nodesOf, type Parsed, parsePromQL, parseTraceQL, textOf } from './syntax.ts';

const ATTRIBUTES = new Set<unknown>(Object.values(semconv));
/** Attributes whose value is an array. */
const ARRAYS: readonly string[] = [semconv.ATTR_MCP_CLIENT_SESSION_TOOLS_LIST];
const SPAN_NAMES = new Set<string>([
  semconv.SPAN_SESSION_START,
  semconv.SPAN_SESSION_UPDATE,
  semconv.SPAN_SESSION_END,
]);
const SERIES = new Set(
  Object.values(METRICS).flatMap((each) => (typeof each === 'string' ? each : Object.values(each))),
);
const LABEL_NAMES = new Set<string>([
  ...Object.values(LABELS),
  ...[...ATTRIBUTES].filter((each) => typeof each === 'string').map(prometheusLabel),
]);
const MIN_SPANS_PER_TRACE = 1_000;

export const QUERY_RULES: readonly Rule[] = [
  {
    name: 'queries-parse',
    linter: 'target-promql-rule',
    *check(all) {
      for (const { dashboard, panel, target } of targetsOf(all)) {
        for (const at of parsed(target)?.errors ?? []) {
          yield { dashboard, panel, what: `query ${target.refId} does not parse at: ${at}` };
        }
      }
    },
  },
  {
    name: 'rate-interval',
    linter: 'target-rate-interval-rule',
    *check(all) {
      for (const { dashboard, panel, target } of targetsOf(all)) {
        if (!isPromQL(target)) continue;
        for (const [, range] of target.expr.matchAll(/\bi?rate\([^[]*\[([^\]]*)\]/g)) {
          if (range !== '$__rate_interval') yield { dashboard, panel, what: `rate over ${range}` };
        }
      }
    },
  },
  {
    name: 'rate-before-sum',
    linter: 'target-counter-agg-rule',
    *check(all) {
      for (const { dashboard, panel, target } of targetsOf(all)) {
        if (!isPromQL(target)) continue;
        const query = parsePromQL(target.expr);
        for (const call of nodesOf(query.root, 'FunctionIdentifier')) {
          const name = textOf(query, call);
          const body = call.parent;
          if (!/^(rate|irate|increase)$/.test(name) || body === null) continue;
          if (nodesOf(body, 'AggregateExpr').length > 0) {
            yield {
              dashboard,
              panel,
              what: `${name}() of a sum: a counter that restarts would look like a drop`,
            };
          }
        }
        yield* bareCounters(query).map((what) => ({ dashboard, panel, what }));
      }
    },
  },
  {
    name: 'known-names',
    *check(all) {
      for (const { dashboard, panel, target } of targetsOf(all)) {
        const query = parsed(target);
        if (query === undefined) continue;
        const names = isPromQL(target) ? unknownInPromQL(query) : unknownInTraceQL(query);
        for (const name of names) yield { dashboard, panel, what: `${name} is no name of the contract` };
      }
    },
  },
  { name: 'one-search', check: (all) => searches(all) },
  {
    name: 'no-array-beside-an-alternative',
    *check(all) {
      for (const { dashboard, panel, target } of targetsOf(all)) {
        if (!isTraceQL(target) || !target.query.includes('||')) continue;
        const query = parseTraceQL(target.query);
        const names = nodesOf(query.root, 'Identifier').map((node) => textOf(query, node));
        for (const name of names.filter((each) => ARRAYS.includes(each))) {
          yield { dashboard, panel, what: `compares one element of the array ${name}` };
        }
      }
    },
  },
  {
    name: 'no-array-selected',
    *check(all) {
      for (const { dashboard, panel, target } of targetsOf(all)) {
        if (!isTraceQL(target)) continue;
        const query = parseTraceQL(target.query);
        for (const select of nodesOf(query.root, 'SelectOperation')) {
          for (const node of nodesOf(select, 'Identifier')) {
            const name = textOf(query, node);
            if (ARRAYS.includes(name)) yield { dashboard, panel, what: `selects the array ${name}` };
          }
        }
      }
    },
  },
];

function* searches(all: Parameters<Rule['check']>[0]): Generator<Found> {
  for (const { dashboard, panel } of panelsOf(all)) {
    const found = (panel.targets ?? []).filter(isSearch);
    if (found.length > 1)
      yield { dashboard, panel, what: `${found.length} searches: Grafana runs the first for each` };
    for (const { query = '', limit, spss = 0, tableType } of found) {
      if (limit !== 1_000) yield { dashboard, panel, what: `a search without limit 1000` };
      if (spss < MIN_SPANS_PER_TRACE)
        yield { dashboard, panel, what: `a search of ${spss} spans of a trace` };
      if (tableType !== 'spans') yield { dashboard, panel, what: 'a search that is no table of spans' };
      if (!query.includes('| by(span:id) |')) {
        yield { dashboard, panel, what: 'a search that keeps one block of a trace' };
      }
      if (!/with \(most_recent=true\)$/.test(query)) {
        yield { dashboard, panel, what: 'a search of the first matches, not of the newest' };
      }
    }
  }
}

function parsed(target: { expr?: string; query?: string }): Parsed | undefined {
  if (target.expr !== undefined) return parsePromQL(target.expr);
  return target.query === undefined ? undefined : parseTraceQL(target.query);
}

/** Counters that are summed as they stand, without a function over a range. */
function bareCounters(query: Parsed): string[] {
  return nodesOf(query.root, 'VectorSelector')
    .filter((node) => /_(count|sum|bucket|total)$/.test(selected(query, node)))
    .filter((node) => {
      const aggregate = around(node, 'AggregateExpr');
      return (
        node.parent?.name !== 'MatrixSelector' &&
        aggregate !== undefined &&
        textOf(query, aggregate).startsWith('sum')
      );
    })
    .map((node) => `sums ${selected(query, node)} without rate() or growth`);
}

function selected(query: Parsed, selector: Parameters<typeof nodesOf>[0]): string {
  const name = selector.getChild('Identifier');
  return name === null ? '' : textOf(query, name);
}

function unknownInPromQL(query: Parsed): string[] {
  const series = nodesOf(query.root, 'VectorSelector').map((node) => selected(query, node));
  const labels = nodesOf(query.root, 'LabelName').map((node) => textOf(query, node));
  return [...series.filter((name) => !SERIES.has(name)), ...labels.filter((name) => !LABEL_NAMES.has(name))];
}

function unknownInTraceQL(query: Parsed): string[] {
  const attributes = nodesOf(query.root, 'AttributeField').flatMap((node) => {
    const name = node.getChild('Identifier');
    return name === null ? [] : [textOf(query, name)];
  });
  const names = [...query.text.matchAll(/(?<![.\w])name !?= "([^"]*)"/g)].map(([, name]) => name as string);
  return [
    ...attributes.filter((name) => !ATTRIBUTES.has(name)),
    ...names.filter((name) => !SPAN_NAMES.has(name)),
  ];
}
