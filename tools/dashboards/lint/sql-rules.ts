import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { IN_RANGE, SPANS } from '../sql/parts.ts';
import { type DashboardJson, type Found, isSql, panelsOf, type Rule, sqlOf, targetsOf } from './model.ts';

const ATTRIBUTES = new Set<unknown>(Object.values(semconv));
const SPAN_NAMES = new Set<unknown>([
  semconv.SPAN_SESSION_START,
  semconv.SPAN_SESSION_UPDATE,
  semconv.SPAN_SESSION_END,
]);
/** Numbers that Grafana fills in. */
const NUMBERS = ['${__from}', '${__to}', '${__interval_ms}'];
/** How other variables stand in SQL: encoded, in quotes of their own. */
const ENCODED = /'\$\{\w+:(?:percentencode|queryparam)\}'/g;
/** What stands for all values in a choice. */
const ALL = "'$__all'";
/** Functions for which a span that is there twice counts twice. */
const COUNTING = /\b(count|countIf|sum|sumIf|avg|quantile\w*|groupArray)\(/;
const TABLE = 1;
const TIME_SERIES = 0;

export const SQL_RULES: readonly Rule[] = [
  {
    name: 'sql-variables-are-encoded',
    *check(all) {
      for (const { sql, ...place } of statements(all)) {
        const rest = NUMBERS.reduce((text, number) => text.replaceAll(number, '0'), sql);
        const [left] = /\S*(?:\$|\[\[)\S*/.exec(rest.replace(ENCODED, "''").replaceAll(ALL, "''")) ?? [];
        if (left !== undefined) yield { ...place, what: `${left} is filled in as it is` };
      }
    },
  },
  {
    name: 'sql-variables-are-decoded',
    *check(all) {
      for (const { sql, ...place } of statements(all)) {
        const encoded = sql.match(/'\$\{\w+:percentencode\}'/g)?.length ?? 0;
        const decoded = sql.match(/decodeURLComponent\('\$\{\w+:percentencode\}'\)/g)?.length ?? 0;
        const choices = sql.match(/splitByChar\('&', '\$\{\w+:queryparam\}'\)/g)?.length ?? 0;
        if (encoded !== decoded || choices !== (sql.match(/:queryparam\}/g)?.length ?? 0)) {
          yield { ...place, what: 'compares a text that is still encoded' };
        }
      }
    },
  },
  {
    name: 'sql-reads-one-table',
    *check(all) {
      for (const { sql, ...place } of statements(all)) {
        const own = [...sql.matchAll(/^(?:WITH )?(\w+) AS \($/gm)].map(([, name]) => name);
        for (const [, name] of sql.matchAll(/\b(?:FROM|JOIN)\s+([\w.]+)/g)) {
          // WITH FILL has a FROM too.
          if (name !== SPANS && name !== 'intDiv' && !own.includes(name)) {
            yield { ...place, what: `reads ${name}` };
          }
        }
      }
    },
  },
  {
    name: 'sql-keeps-to-the-time-range',
    *check(all) {
      for (const { sql, ...place } of statements(all)) {
        const reads = sql.split(`FROM ${SPANS}`).slice(1);
        if (!reads.every((rest) => rest.trimStart().startsWith(`WHERE ${IN_RANGE}`))) {
          yield { ...place, what: 'reads spans of all times' };
        }
      }
    },
  },
  {
    name: 'sql-counts-a-span-once',
    *check(all) {
      for (const { sql, ...place } of statements(all)) {
        if (/\bLIMIT 1 BY\b/.test(sql)) continue;
        // Spans that were counted once may be summed up over the steps of a graph.
        const [, counting] = COUNTING.exec(sql.replaceAll('sum(spans) OVER', '')) ?? [];
        if (counting !== undefined)
          yield { ...place, what: `${counting}() of spans that may be there twice` };
        else if (!/\buniqExact(If)?\(|\bSELECT DISTINCT\b|\bGROUP BY\b/.test(sql)) {
          yield { ...place, what: 'a row for each delivery of a span' };
        }
      }
    },
  },
  {
    name: 'sql-names-of-the-contract',
    *check(all) {
      for (const { sql, ...place } of statements(all)) {
        const attributes = [...sql.matchAll(/\w\['([^']+)'\]/g)].map(([, name]) => name);
        const spans = [...sql.matchAll(/SpanName (?:!?= |IN \()((?:'[^']*'(?:, )?)+)/g)].flatMap(([, list]) =>
          list!.split(', ').map((quoted) => quoted.slice(1, -1)),
        );
        const unknown = [
          ...attributes.filter((name) => !ATTRIBUTES.has(name)),
          ...spans.filter((name) => !SPAN_NAMES.has(name)),
        ];
        for (const name of unknown) yield { ...place, what: `${name} is no name of the contract` };
      }
    },
  },
  {
    name: 'sql-is-kept-as-the-plugin-keeps-it',
    *check(all) {
      for (const { dashboard, panel, target } of targetsOf(all)) {
        if (!isSql(target)) continue;
        const isOverTime = panel.type === 'timeseries' || panel.type === 'heatmap';
        if (target.editorType !== 'sql') yield { dashboard, panel, what: 'is no SQL to the editor' };
        if (target.format !== (isOverTime ? TIME_SERIES : TABLE)) {
          yield { dashboard, panel, what: `the format ${target.format}` };
        }
      }
    },
  },
  {
    name: 'no-column-that-the-plugin-links',
    *check(all) {
      for (const { sql, ...place } of statements(all)) {
        const [name] = /`trace_?id`/i.exec(sql) ?? [];
        if (name !== undefined) yield { ...place, what: `${name} gets links of the plugin's own` };
      }
    },
  },
];

/** All SQL: of panels and of variables. */
function* statements(all: readonly DashboardJson[]): Generator<Omit<Found, 'what'> & { sql: string }> {
  for (const { dashboard, panel } of panelsOf(all)) {
    for (const target of panel.targets ?? [])
      if (isSql(target)) yield { dashboard, panel, sql: target.rawSql };
  }
  for (const dashboard of all) {
    for (const variable of dashboard.templating.list) {
      const sql = sqlOf(variable);
      if (sql !== undefined) yield { dashboard, sql };
    }
  }
}
