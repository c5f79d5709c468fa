import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../../../tools/stack/clickhouse/failure.ts';
import { isSetup, useStage } from './stage.ts';

const stage = useStage();

describe('what is answered', () => {
  test('/ping and / say Ok.', async () => {
    for (const path of ['/ping', '/'])
      expect(await stage.send(path)).toMatchObject({ status: 200, text: 'Ok.\n' });
  });

  test('a query in the address, in the body, or in both', async () => {
    await stage.send('/?query=SELECT+1');
    await stage.send('/', { method: 'POST', body: 'SELECT 2' });
    await stage.send('/?query=SELECT', { method: 'POST', body: '3' });
    expect(stage.engine.statements).toEqual(['SELECT 1', 'SELECT 2', 'SELECT\n3']);
  });

  test('with the format, and how many rows were read where the format says it', async () => {
    stage.engine.answer = async () => '{"statistics":{"elapsed":0.1,"rows_read":12,"bytes_read":340}}';
    const { headers } = await stage.send('/?default_format=JSON&query=SELECT+1');
    expect(headers.get('x-clickhouse-format')).toBe('JSON');
    expect(headers.get('content-type')).toContain('application/json');
    expect(JSON.parse(headers.get('x-clickhouse-summary') ?? '')).toMatchObject({
      read_rows: '12',
      read_bytes: '340',
    });
    const plain = await stage.send('/?query=SELECT+1+FORMAT+CSV');
    expect(JSON.parse(plain.headers.get('x-clickhouse-summary') ?? '')).not.toHaveProperty('read_rows');
  });

  test('in the database and with the settings that the request names, the read-only mode last', async () => {
    const seen: string[] = [];
    stage.engine.answer = async (sql) => {
      seen.push(sql);
      return 'ok';
    };
    await stage.send('/?database=a`b&max_threads=1&query=SELECT+1');
    expect(seen[0]).toBe('USE `a\\`b`');
    expect(seen[1]).toMatch(/^SET .*max_threads = '1', readonly = '2'$/);
    await stage.send('/?readonly=1&max_threads=1', { method: 'POST', body: 'SELECT 1' });
    expect(seen[2]).toBe('SELECT 1');
    expect(seen[3]).toMatch(/max_threads = '1', readonly = '1'$/);
    await stage.send('/?readonly=0&query=SELECT+1');
    expect(seen[5]).toMatch(/readonly = '2'$/);
  });

  test('and every connection is given back, also by a query that fails', async () => {
    stage.engine.answer = (sql) =>
      isSetup(sql) ? Promise.resolve('') : Promise.reject(new Failure(60, 'Code: 60.'));
    expect(await stage.send('/?query=SELECT+1')).toMatchObject({
      status: 404,
      code: '60',
      text: 'Code: 60.\n',
    });
    expect(stage.engine.open).toBe(0);
  });
});

describe('what is refused', () => {
  test.each([
    [62, 400],
    [60, 404],
    [159, 408],
    [243, 500],
    [241, 500],
    [undefined, 500],
  ])("the engine's error %s with %i", async (code, status) => {
    stage.engine.answer = (sql) =>
      isSetup(sql) ? Promise.resolve('') : Promise.reject(new Failure(code, 'why'));
    expect(await stage.send('/?query=SELECT+1')).toMatchObject({
      status,
      code: String(code ?? 1002),
      text: 'why\n',
    });
    expect(stage.log.at(-1)).toContain('why');
  });

  test.each([
    ['no query', '/', { method: 'POST' }, 400],
    ['two statements', '/?query=SELECT+1;SELECT+2', {}, 400],
    ['an answer to a file', "/?query=SELECT+1+INTO+OUTFILE+'/x'", { method: 'POST' }, 501],
    ['a file by GET', "/?query=INSERT+INTO+FUNCTION+file('/x')+SELECT+1", {}, 500],
    [
      'a file where only reading is asked for',
      "/?readonly=1&query=INSERT+INTO+FUNCTION+file('/x')+SELECT+1",
      { method: 'POST' },
      500,
    ],
    ['another path', '/nope', {}, 404],
    ['two slashes', '//', {}, 400],
    ['a host in the path', '//evil/?query=SELECT+1', {}, 400],
    ['another method', '/', { method: 'PUT' }, 501],
    ['a page of the web', '/?query=SELECT+1', { headers: { origin: 'http://example.com' } }, 403],
    ['a body of an unknown encoding', '/', { method: 'POST', headers: { 'content-encoding': 'zstd' } }, 501],
    ['what is no gzip', '/', { method: 'POST', body: 'no', headers: { 'content-encoding': 'gzip' } }, 400],
    [
      'half a gzip',
      '/',
      { method: 'POST', body: gzipSync('SELECT 1').subarray(0, 20), headers: { 'content-encoding': 'gzip' } },
      400,
    ],
  ])('%s', async (_, path, init: RequestInit, status) => {
    expect(await stage.send(path, init)).toMatchObject({ status });
    expect(stage.engine.statements).toEqual([]);
  });

  test.each(['http://:', 'http://evil/?query=SELECT+1', '*'])('%s as a target', async (path) => {
    const sent = request(stage.base, { path }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(response.resume().statusCode).toBe(400);
    expect(stage.engine.statements).toEqual([]);
  });
});
