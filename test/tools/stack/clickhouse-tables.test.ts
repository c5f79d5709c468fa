import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { STACK_FOLDER } from '../../../tools/stack/versions.ts';

const read = (name: string): string => readFileSync(join(STACK_FOLDER, 'clickhouse', name), 'utf8');

/** What the Collector's exporter inserts, by its own statement: opentelemetry-collector-contrib 0.161, traces_insert.sql. */
const INSERTED = [
  ...['Timestamp', 'TraceId', 'SpanId', 'ParentSpanId', 'TraceState', 'SpanName', 'SpanKind', 'ServiceName'],
  ...['ResourceAttributes', 'ScopeName', 'ScopeVersion', 'SpanAttributes', 'Duration', 'StatusCode'],
  ...['StatusMessage', 'Events.Timestamp', 'Events.Name', 'Events.Attributes'],
  ...['Links.TraceId', 'Links.SpanId', 'Links.TraceState', 'Links.Attributes'],
];

describe('the tables of ClickHouse', () => {
  test('have the columns that the exporter of the Collector inserts, and no other', () => {
    const [, body] = /CREATE TABLE IF NOT EXISTS otel\.otel_traces\n\(\n([\s\S]*?)\n\)\nENGINE/.exec(
      read('schema.sql'),
    ) as unknown as [string, string];
    const columns: string[] = [];
    let nested: string | undefined;
    for (const line of body.split('\n')) {
      const [, indent = '', name = ''] = /^( +)([A-Z][A-Za-z]+) /.exec(line) ?? [];
      if (/^ {4}\)/.test(line)) nested = undefined;
      if (indent.length === 8) columns.push(`${nested}.${name}`);
      else if (/ Nested$/.test(line)) nested = name;
      else if (indent.length === 4 && name !== 'INDEX') columns.push(name);
    }
    expect(columns).toEqual(INSERTED);
  });

  test('keep spans for a time that is named', () => {
    expect(read('schema.sql')).toMatch(/^TTL toDateTime\(Timestamp\) \+ INTERVAL 15 DAY$/m);
  });

  test('can be read by Grafana, and written by the Collector alone', () => {
    const users = read('users.xml');
    const grants = (user: string): string[] => {
      const [, own = ''] = new RegExp(`<${user}>([\\s\\S]*?)</${user}>`).exec(users) ?? [];
      return [...own.matchAll(/<query>(.*?)<\/query>/g)].map(([, grant]) => grant as string);
    };
    expect(grants('grafana')).toEqual(['GRANT SELECT ON otel.*']);
    expect(grants('collector')).toEqual(['GRANT SELECT, INSERT ON otel.*']);
    expect(users).toMatch(/<grafana>[\s\S]*<profile>reader<\/profile>[\s\S]*<\/grafana>/);
    expect(users).toMatch(/<reader>[\s\S]*<readonly>2<\/readonly>[\s\S]*<\/reader>/);
  });
});
