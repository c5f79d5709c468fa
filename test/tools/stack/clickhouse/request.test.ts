import { describe, expect, test } from '@jest/globals';
import { readAsk, unescaped } from '../../../../tools/stack/clickhouse/request.ts';

const ask = (query: string, { method = 'POST', headers = {} } = {}) =>
  readAsk(method, new URL(`http://127.0.0.1/?${query}`), headers);

describe('what a request asks for', () => {
  test("is read from what ClickHouse's driver for Go sends", () => {
    const query =
      'async_insert=true&client_protocol_version=54483&database=otel&default_format=Native&max_execution_time=5&query=INSERT+INTO+t+FORMAT+Native';
    expect(ask(query)).toEqual({
      sql: 'INSERT INTO t FORMAT Native',
      database: 'otel',
      format: 'Native',
      settings: [['max_execution_time', '5']],
      params: {},
      isReadonly: false,
      clientRevision: 54_483,
    });
  });

  test('is a query in tab-separated values where it says nothing', () => {
    expect(ask('')).toMatchObject({ sql: '', database: undefined, format: 'TabSeparated', settings: [] });
  });

  test('may stand in headers', () => {
    const headers = {
      'x-clickhouse-database': 'otel',
      'x-clickhouse-format': 'CSV',
      'x-clickhouse-user': 'me',
    };
    expect(ask('', { headers })).toMatchObject({ database: 'otel', format: 'CSV' });
    expect(ask('database=other&default_format=TSV', { headers })).toMatchObject({
      database: 'other',
      format: 'TSV',
    });
  });

  test('has parameters, written as TSV writes them', () => {
    expect(ask('param_a=it%27s&param_b=%5CN&param_c=x%5Ctyz').params).toEqual({
      a: "it's",
      b: null,
      c: 'x\tyz',
    });
    expect(unescaped('a\\\\n\\q')).toBe('a\\nq');
  });

  test('changes nothing by GET', () => {
    expect(ask('', { method: 'GET' }).isReadonly).toBe(true);
    expect(ask('', { method: 'HEAD' }).isReadonly).toBe(true);
  });

  test('takes users, passwords and identifiers, and does not pass them on', () => {
    expect(ask('user=a&password=b&query_id=c&quota_key=d&wait_end_of_query=1').settings).toEqual([]);
  });

  test.each([
    ['compress=1', 501],
    ['decompress=1', 501],
    ['session_id=a', 501],
    ['a%3D1,b=2', 400],
  ])('%s cannot be had: %i', (query, status) => {
    expect(() => ask(query)).toThrow(expect.objectContaining({ status }));
  });
});
