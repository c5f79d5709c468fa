import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  codeOf,
  formatOf,
  hasOutfile,
  identifier,
  insertFromFile,
  isRead,
  quoted,
  readDataInsert,
  splitStatements,
} from '../../../../tools/stack/clickhouse/sql.ts';

describe('splitting SQL into statements', () => {
  test.each([
    ['SELECT 1', ['SELECT 1']],
    ['SELECT 1;', ['SELECT 1']],
    ['SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
    ['', []],
    [' ;; -- nothing; at all\n/* ; */ # one; more', []],
    ["SELECT ';' -- ;\n, 'it''s;', 'a\\';', \"x;\", `y;` /* ; */", undefined],
    ["SELECT 'no end; SELECT 2", ["SELECT 'no end", 'SELECT 2']],
    ['SELECT $$;$$, $a$;$b$;$a$, ‘;’, “;”', undefined],
    ['SELECT 4 / 2 - 1; SELECT 5', ['SELECT 4 / 2 - 1', 'SELECT 5']],
  ])('%j', (sql, statements) => {
    expect(splitStatements(sql)).toEqual(statements ?? [sql]);
  });

  test('a text of megabytes in one string takes no time', () => {
    const sql = `INSERT INTO t VALUES ('${"a;''\\'".repeat(500_000)}')`;
    expect(splitStatements(sql)).toEqual([sql]);
  });

  test('whatever stands in a string does not end a statement', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const statements = [`SELECT ${quoted(a)}`, `SELECT 1 AS ${identifier(b)}`];
        expect(splitStatements(statements.join(';'))).toEqual(statements);
      }),
    );
  });
});

describe('an INSERT with data', () => {
  test.each([
    ['INSERT INTO t FORMAT Native', { target: 't', format: 'Native' }],
    [
      'insert into "otel"."otel_traces" (a, b.c)\n format JSONEachRow',
      { target: '"otel"."otel_traces" (a, b.c)', format: 'JSONEachRow' },
    ],
    [
      'INSERT INTO TABLE `a``b` (* EXCEPT(c)) FORMAT CSV\n1,2\n',
      { target: '`a``b` (* EXCEPT(c))', format: 'CSV', data: '1,2\n' },
    ],
    [
      "INSERT INTO t SETTINGS a = 'x, FORMAT', b=1 FORMAT TSV",
      { target: 't', settings: "SETTINGS a = 'x, FORMAT', b=1 ", format: 'TSV' },
    ],
    ['INSERT INTO t VALUES', { target: 't', format: 'Values' }],
    ['INSERT INTO t FORMAT Values', { target: 't', format: 'Values' }],
  ])('%j says where its rows go and how they are written', (sql, found) => {
    expect(readDataInsert(sql)).toEqual({ settings: '', data: '', ...found });
  });

  test.each([
    'SELECT 1 FORMAT Native',
    'INSERT INTO t VALUES (1)',
    'INSERT INTO t SELECT 1 FORMAT Native',
    'INSERT INTO t SETTINGS a=1 SELECT 1 FORMAT Native',
    "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
    "INSERT INTO FUNCTION file('x') FORMAT CSV",
  ])('%j brings its rows itself', (sql) => {
    expect(readDataInsert(sql)).toBeUndefined();
  });

  test('is written anew with a file in place of the data', () => {
    const insert = readDataInsert('INSERT INTO t (a) SETTINGS b = 1 FORMAT CSV')!;
    expect(insertFromFile(insert, "/it's/1.data")).toBe(
      "INSERT INTO t (a) FROM INFILE '/it\\'s/1.data' SETTINGS b = 1  FORMAT CSV",
    );
  });
});

test.each([
  ['SELECT 1', undefined],
  ['SELECT 1 format JSON', 'JSON'],
  ['SELECT 1\nFORMAT JSONCompact -- really\n', 'JSONCompact'],
  ['SELECT 1 FORMAT XML SETTINGS max_threads = 1', 'XML'],
  ["SELECT ' FORMAT JSON'", undefined],
  ['SELECT 1 -- FORMAT JSON', undefined],
])('the format of %j is %j', (sql, format) => {
  expect(formatOf(codeOf(sql))).toBe(format);
});

test.each([
  ["SELECT 'x' INTO OUTFILE '/x' FORMAT CSV", true],
  ["SELECT 1 into/* */\noutfile '/x'", true],
  ["SELECT $a$'$a$ INTO OUTFILE '/x' -- '", true],
  ["SELECT ‘'’, “'” INTO OUTFILE '/x'", true],
  ["SELECT a$b$ INTO OUTFILE '/x' SETTINGS c$b$", true],
  ['SELECT 1=$a$ INTO OUTFILE $a$', false],
  ["SELECT ' INTO OUTFILE ' AS `INTO OUTFILE` -- INTO OUTFILE", false],
])('that the answer of %j goes to a file is %j', (sql, found) => {
  expect(hasOutfile(codeOf(sql))).toBe(found);
});

test.each([
  ['SELECT 1', true],
  ['/* first */ (SELECT 1) UNION ALL (SELECT 2)', true],
  ["WITH 'INSERT' AS a SELECT a", true],
  ['DESC t', true],
  ["INSERT INTO FUNCTION file('/x') SELECT 1", false],
  ["WITH 1 AS a INSERT INTO FUNCTION file('/x') SELECT a", false],
  ["BACKUP TABLE t TO File('/x')", false],
  ['KILL QUERY WHERE 1', false],
])('that %j only reads is %j', (sql, only) => {
  expect(isRead(codeOf(sql))).toBe(only);
});
