import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../../../tools/stack/clickhouse/failure.ts';
import { until } from '../../../support/until.ts';
import { INSERT, isSetup, useStage } from './stage.ts';

const stage = useStage();

describe("an insert's data", () => {
  test.each([
    ['identity', Buffer.from('1\n2\n')],
    ['gzip', gzipSync('1\n2\n')],
    ['deflate', deflateSync('1\n2\n')],
    ['br', brotliCompressSync('1\n2\n')],
  ])('is in a file while the engine reads it, and no longer (%s)', async (encoding, body) => {
    const reply = await stage.insert(body, { 'content-encoding': encoding });
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.headers.get('x-clickhouse-summary') ?? '')).toMatchObject({ written_rows: '2' });
    expect(stage.engine.files).toEqual(['1\n2\n']);
    expect(stage.files()).toEqual([]);
  });

  test('may stand in the body, after the statement', async () => {
    await stage.send('/', { method: 'POST', body: `${INSERT}\n1;\n2\n` });
    expect(stage.engine.files).toEqual(['1;\n2\n']);
  });

  test('is not answered with 200 where the engine fails', async () => {
    stage.engine.answer = (sql) =>
      isSetup(sql) ? Promise.resolve('') : Promise.reject(new Failure(243, 'full'));
    expect(await stage.insert('1\n')).toMatchObject({ status: 500, code: '243' });
    expect(stage.files()).toEqual([]);
  });

  test('that is too large is refused with 413, compressed or not, and so is too much SQL', async () => {
    await stage.restart({ dataBytes: 1_000, sqlBytes: 100 });
    expect(await stage.insert('1'.repeat(200_000))).toMatchObject({ status: 413 });
    expect(await stage.insert(gzipSync('1'.repeat(2_000)), { 'content-encoding': 'gzip' })).toMatchObject({
      status: 413,
    });
    expect(await stage.send('/', { method: 'POST', body: `SELECT ${'1'.repeat(200)}` })).toMatchObject({
      status: 413,
    });
    expect(stage.engine.statements).toEqual([]);
    expect(stage.files()).toEqual([]);
    expect(await stage.insert('1\n')).toMatchObject({ status: 200 });
  });

  test('that cannot be stored is refused with 500', async () => {
    rmSync(stage.folder, { recursive: true });
    expect(await stage.insert('1\n')).toMatchObject({ status: 500 });
    expect(stage.engine.statements).toEqual([]);
  });

  test('that ends half way is not inserted', async () => {
    const sent = request(`${stage.base}/?query=${encodeURIComponent(INSERT)}`, {
      method: 'POST',
      headers: { 'content-length': 100 },
    });
    const lost = new Promise((resolve) => sent.once('error', resolve));
    sent.write('1\n');
    await until(() => stage.files().length === 1, 'the file of what came');
    sent.destroy();
    await lost;
    await until(() => stage.files().length === 0, 'the file to be removed');
    expect(stage.engine.statements).toEqual([]);
    await until(() => stage.log.length > 0, 'the log');
    expect(stage.log.at(-1)).toContain('half way');
  });

  test('that a killed server left behind is removed at the start', async () => {
    const left = join(stage.folder, '7.data');
    writeFileSync(left, 'old');
    await stage.restart();
    expect(existsSync(left)).toBe(false);
  });
});
