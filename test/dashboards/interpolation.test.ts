/** Variables as Grafana writes them into queries and links. In a process of its own: jest cannot load Grafana's library. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';

const PROGRAM = `
import { forClickHouse, interpolate } from './tools/dashboards/evaluate/interpolate.ts';
import { clickhouseFrames, TABLE, TIME_SERIES } from './tools/dashboards/evaluate/clickhouse-frames.ts';
const { scope, texts, response } = JSON.parse(process.argv[1]);
const frames = (format) => clickhouseFrames(response, 'A', format);
console.log(JSON.stringify({
  texts: texts.map((text) => interpolate(text, scope, forClickHouse)),
  table: frames(TABLE),
  series: frames(TIME_SERIES),
}));`;

const SCOPE = {
  quoted: { value: `it's (all) of *! \\` },
  one: { value: ['a'], isMulti: true },
  two: { value: ['a b', 'c&d'], isMulti: true },
  all: { value: '.*', text: 'All', isRaw: true, isAll: true, isMulti: true },
  range: { value: 'from=1&to=2', isRaw: true },
};

const EXPECTED: Record<string, string> = {
  '${quoted:percentencode}': 'it%27s%20%28all%29%20of%20%2A%21%20%5C',
  '${quoted:queryparam}': 'var-quoted=it%27s%20%28all%29%20of%20%2A%21%20%5C',
  '${one:percentencode}': '%7Ba%7D',
  '${two:percentencode}': '%7Ba%20b%2Cc%26d%7D',
  '${two:queryparam}': 'var-two=a%20b&var-two=c%26d',
  'IN ($two)': `IN ('a b','c&d')`,
  '${all:percentencode}': '.%2A',
  '${all:queryparam}': 'var-all=$__all',
  '${all:regex}': '.*',
  '${all:text}': 'All',
  '${range:percentencode}': 'from=1&to=2',
};

const RESPONSE = {
  meta: [
    { name: 'at', type: 'DateTime64(9)' },
    { name: 'server', type: 'LowCardinality(String)' },
    { name: 'calls', type: 'UInt64' },
    { name: 'rate', type: 'Nullable(Float64)' },
  ],
  data: [
    ['2026-11-28T10:00:00.123456789Z', 'shop', 2, null],
    ['2026-11-28T10:00:00.123456789Z', 'notes', 3, 0.5],
    ['2026-11-28T10:00:01.000000000Z', 'shop', 4, 0.25],
  ],
};

interface Frame {
  fields: { name: string; type: string; labels?: unknown; values: unknown[]; nanos?: number[] }[];
}

let written: { texts: string[]; table: Frame[]; series: Frame[] };

beforeAll(async () => {
  const input = JSON.stringify({ scope: SCOPE, texts: Object.keys(EXPECTED), response: RESPONSE });
  const args = ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM, input];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  written = JSON.parse(stdout);
}, 60_000);

test.each(Object.entries(EXPECTED))('%s becomes %s', (text, expected) => {
  expect(written.texts[Object.keys(EXPECTED).indexOf(text)]).toBe(expected);
});

test('rows of ClickHouse become a table as they are, times with their nanoseconds', () => {
  const [{ fields }] = written.table as [Frame];
  expect(fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'at time',
    'server string',
    'calls number',
    'rate number',
  ]);
  expect(fields[0]).toMatchObject({
    values: [
      Date.UTC(2026, 10, 28, 10) + 123,
      Date.UTC(2026, 10, 28, 10) + 123,
      Date.UTC(2026, 10, 28, 10, 0, 1),
    ],
    nanos: [456_789, 456_789, 0],
  });
  expect(fields[3]?.values).toEqual([null, 0.5, 0.25]);
});

test('rows of ClickHouse become a series for each text, empty where there is no row', () => {
  const [{ fields }] = written.series as [Frame];
  expect(fields.slice(1).map(({ name, labels, values }) => ({ name, labels, values }))).toEqual([
    { name: 'calls', labels: { server: 'notes' }, values: [3, null] },
    { name: 'calls', labels: { server: 'shop' }, values: [2, 4] },
    { name: 'rate', labels: { server: 'notes' }, values: [0.5, null] },
    { name: 'rate', labels: { server: 'shop' }, values: [null, 0.25] },
  ]);
});
