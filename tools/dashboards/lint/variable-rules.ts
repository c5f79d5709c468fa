import {
  type DashboardJson,
  isPromQL,
  nameOfSource,
  panelsOf,
  type Rule,
  targetsOf,
  textsIn,
} from './model.ts';
import { nodesOf, PLACEHOLDER, parsePromQL, textOf } from './syntax.ts';

const ON_TIME_RANGE_CHANGE = 2;
/** Grafana's own: `$__range`, `${__value.raw}`, `${__to}` … */
const BUILT_IN = /^__/;
/** Every series, those without the label too. The linter asks for `.+`, which would hide resources without an instance. */
const ALL = '.*';
const OF_PROCESSES = ['job', 'instance'];

export const VARIABLE_RULES: readonly Rule[] = [
  {
    name: 'data-source-variables',
    linter: 'template-datasource-rule',
    *check(all) {
      for (const dashboard of all) {
        const sources = dashboard.templating.list.filter(({ type }) => type === 'datasource');
        if (sources.length === 0) yield { dashboard, what: 'has no data source variable' };
        for (const { name, label, query } of sources) {
          if (name !== nameOfSource(query))
            yield { dashboard, what: `the variable of ${query} is called ${name}` };
          if (label?.toLowerCase() !== `${nameOfSource(query)} data source`)
            yield { dashboard, what: `${name} is labelled ${label}` };
        }
      }
    },
  },
  {
    name: 'data-sources-are-variables',
    linter: 'panel-datasource-rule',
    *check(all) {
      for (const { dashboard, panel } of panelsOf(all)) {
        for (const source of [
          panel.datasource,
          ...(panel.targets ?? []).map((target) => target.datasource),
        ]) {
          if (source === undefined || source.uid !== `\${${nameOfSource(source.type)}}`) {
            yield { dashboard, panel, what: `reads from ${source?.uid}` };
          }
        }
      }
    },
  },
  {
    name: 'variables-follow-the-time-range',
    linter: 'template-on-time-change-reload-rule',
    *check(all) {
      for (const dashboard of all) {
        for (const { type, name, refresh } of dashboard.templating.list) {
          if (type === 'query' && refresh !== ON_TIME_RANGE_CHANGE)
            yield { dashboard, what: `${name} does not reload` };
        }
      }
    },
  },
  {
    name: 'variable-queries-parse',
    linter: 'template-label-promql-rule',
    *check(all) {
      for (const dashboard of all) {
        for (const { name, datasource, query } of dashboard.templating.list) {
          if (datasource?.type !== 'prometheus') continue;
          const text = (query as { query: string }).query;
          const series = /^label_values\((.*), \w+\)$/s.exec(text)?.[1];
          if (series === undefined || parsePromQL(series).errors.length > 0) {
            yield { dashboard, what: `${name} asks ${text}` };
          }
        }
      }
    },
  },
  {
    name: 'job-and-instance-variables',
    linter: 'template-job-rule',
    *check(all) {
      for (const dashboard of all.filter(isOfMetrics)) {
        for (const name of OF_PROCESSES) {
          const variable = dashboard.templating.list.find((each) => each.name === name);
          if (variable === undefined) yield { dashboard, what: `has no variable ${name}` };
          else if (
            variable.multi !== true ||
            variable.allValue !== ALL ||
            variable.label?.toLowerCase() !== name
          ) {
            yield { dashboard, what: `${name} is not a choice of several, or of all` };
          }
        }
      }
    },
  },
  {
    name: 'queries-filter-by-job-and-instance',
    linter: 'target-job-rule',
    *check(all) {
      for (const { dashboard, panel, target } of targetsOf(all.filter(isOfMetrics))) {
        if (!isPromQL(target)) continue;
        const query = parsePromQL(target.expr.replaceAll(/\$(job|instance)\b/g, 'chosen-$1'));
        for (const selector of nodesOf(query.root, 'VectorSelector')) {
          const text = textOf(query, selector);
          for (const name of OF_PROCESSES) {
            if (!text.includes(`${name}=~"chosen-${name}"`))
              yield { dashboard, panel, what: `${text} for every ${name}` };
          }
        }
      }
    },
  },
  {
    name: 'variables-are-defined',
    *check(all) {
      for (const dashboard of all) {
        const defined = new Set(dashboard.templating.list.map(({ name }) => name));
        const { title: _, ...rest } = dashboard;
        const used = new Set(usedIn(rest));
        for (const name of used) if (!defined.has(name)) yield { dashboard, what: `${name} is not defined` };
        for (const name of defined) if (!used.has(name)) yield { dashboard, what: `${name} is not used` };
      }
    },
  },
];

/** The linter's rules on jobs and instances count where the first data source is Prometheus. */
function isOfMetrics({ templating }: DashboardJson): boolean {
  return templating.list.find(({ type }) => type === 'datasource')?.query === 'prometheus';
}

function* usedIn(value: unknown): Generator<string> {
  for (const text of textsIn(value)) {
    for (const [, braced, bare] of text.matchAll(PLACEHOLDER)) {
      const name = (braced ?? bare) as string;
      if (!BUILT_IN.test(name)) yield name;
    }
  }
}
