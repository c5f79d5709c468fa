import { type Break, panel, replaceIn, variable } from './breaking.ts';

/** What breaks the rules for SQL. */
export const BROKEN_SQL: readonly Break[] = [
  [
    'sql-variables-are-encoded',
    'a text box stands as it is',
    (all) => replaceIn(panel(all, 'Sessions'), ':percentencode', ''),
  ],
  [
    'sql-variables-are-encoded',
    'a text box is escaped as other databases want it',
    (all) => replaceIn(panel(all, 'Events'), "'${session:percentencode}'", '${session:sqlstring}'),
  ],
  [
    'sql-variables-are-encoded',
    'a text box stands in no quotes',
    (all) => replaceIn(panel(all, 'Events'), "'${session:percentencode}'", '${session:percentencode}'),
  ],
  [
    'sql-variables-are-encoded',
    'a choice stands as it is',
    (all) => replaceIn(panel(all, 'Slowest calls'), '${tool:queryparam}', '${tool:pipe}'),
  ],
  [
    'sql-variables-are-encoded',
    'a macro of the plugin is used',
    (all) => replaceIn(panel(all, 'Retries'), 'Timestamp >=', '$__timeFilter(Timestamp) AND Timestamp >='),
  ],
  [
    'sql-variables-are-encoded',
    'the query of a variable uses another as it is',
    ([first]) => (variable(first, 'service').query.rawSql += " -- '$client'"),
  ],
  [
    'sql-variables-are-decoded',
    'a text is compared as it was encoded',
    (all) => replaceIn(panel(all, 'Events'), 'decodeURLComponent(', '('),
  ],
  [
    'sql-variables-are-decoded',
    'a choice is not taken apart',
    (all) =>
      replaceIn(
        panel(all, 'Slowest calls'),
        "splitByChar('&', '${tool:queryparam}')",
        "['${tool:queryparam}']",
      ),
  ],
  [
    'sql-reads-one-table',
    'a query names the database',
    (all) => replaceIn(panel(all, 'Events'), 'FROM otel_traces', 'FROM otel.otel_traces'),
  ],
  [
    'sql-reads-one-table',
    'a query reads another table',
    (all) => replaceIn(panel(all, 'Tools never called'), 'FROM listed', 'FROM otel_logs'),
  ],
  [
    'sql-keeps-to-the-time-range',
    'a query reads all times',
    (all) => replaceIn(panel(all, 'Sessions'), 'WHERE Timestamp', 'WHERE 1 OR Timestamp'),
  ],
  [
    'sql-counts-a-span-once',
    'deliveries are counted',
    (all) => replaceIn(panel(all, 'Errors by tool and client version'), 'uniqExact(SpanId)', 'count()'),
  ],
  [
    'sql-counts-a-span-once',
    'deliveries of the rows of a table are shown',
    (all) => replaceIn(panel(all, 'What clients discovered'), 'LIMIT 1 BY SpanId', ''),
  ],
  [
    'sql-names-of-the-contract',
    'an attribute is not of the contract',
    (all) => replaceIn(panel(all, 'Sessions'), 'mcp.client.version', 'mcp.client.release'),
  ],
  [
    'sql-names-of-the-contract',
    'a span is not of the contract',
    (all) => replaceIn(panel(all, 'Sessions started'), 'mcp.session start', 'session start'),
  ],
  [
    'sql-is-kept-as-the-plugin-keeps-it',
    'a table is a graph',
    (all) => (panel(all, 'Sessions').targets[0].format = 0),
  ],
  [
    'sql-is-kept-as-the-plugin-keeps-it',
    'a query is of the builder',
    (all) => (panel(all, 'Sessions').targets[0].editorType = 'builder'),
  ],
  [
    'no-column-that-the-plugin-links',
    'a column is named as the plugin looks for',
    (all) => replaceIn(panel(all, 'Slowest calls'), '`Trace`', '`TraceId`'),
  ],
  [
    'overrides-name-columns',
    'SQL names a column otherwise',
    (all) => replaceIn(panel(all, 'Retries'), '`Tries`', '`Attempts`'),
  ],
  [
    'transformations-name-fields',
    'what is left out for want of Jaeger has another name',
    (all) => replaceIn(panel(all, 'Slowest calls'), '`Jaeger`', '`In Jaeger`'),
  ],
];
