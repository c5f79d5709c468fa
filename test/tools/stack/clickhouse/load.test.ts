import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { createClickHouseServer } from '../../../../tools/stack/clickhouse/server.ts';
import { gate, until } from '../../../support/until.ts';
import { INSERT, type Reply, useStage } from './stage.ts';

const stage = useStage();

describe('more than it can do', () => {
  test('waits, and beyond that is refused with 503 and when to come again', async () => {
    await stage.restart({ running: 1, requests: 2 });
    const { first, open } = await underWay();
    const second = stage.insert('1\n');
    await until(() => stage.files().length === 1, "the second's data");
    const third = await stage.send('/?query=SELECT+3');
    expect(third).toMatchObject({ status: 503, code: '202' });
    expect(third.headers.get('retry-after')).toBe('1');
    open();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(stage.engine.statements).toEqual(['SELECT 1', expect.stringContaining('INSERT')]);
  });

  test('does not wait for a client that has gone', async () => {
    await stage.restart({ running: 1 });
    const { first, open } = await underWay();
    const asked = request(`${stage.base}/?query=${encodeURIComponent(INSERT)}`, { method: 'POST' });
    const lost = new Promise((resolve) => asked.once('error', resolve));
    asked.end('1\n');
    await until(() => stage.files().length === 1, 'the data');
    asked.destroy();
    await lost;
    open();
    expect((await first).status).toBe(200);
    await until(() => stage.log.length > 0, 'the log');
    expect(stage.log.at(-1)).toContain('the client has gone');
    expect(stage.engine.files).toEqual([]);
  });

  test.each([
    ['a query that only reads is ended', 'SELECT 1', true],
    ['a query that writes is not', 'INSERT INTO t SELECT 1', false],
  ])('when its client has gone, %s', async (_, sql, isEnded) => {
    const { opened, open } = gate();
    const asked: string[] = [];
    stage.engine.answer = async (text) => {
      asked.push(text);
      if (text.startsWith('KILL')) open();
      if (text === sql) await opened;
      return '';
    };
    const sent = request(stage.base, { method: 'POST' });
    const lost = once(sent, 'error');
    sent.end(sql);
    await until(() => asked.includes(sql), 'the query');
    sent.destroy();
    await lost;
    // Its answer comes after the server has seen the client go.
    expect((await stage.send('/?query=SELECT+2')).status).toBe(200);
    if (!isEnded) open();
    await until(() => stage.engine.open === 0, 'the connections to be given back');
    const mark = /log_comment = '(.+?)'/.exec(asked[0] ?? '')?.[1];
    const kills = asked.filter((text) => text.startsWith('KILL'));
    expect(kills).toEqual(isEnded ? [`KILL QUERY WHERE Settings['log_comment'] = '${mark}' ASYNC`] : []);
  });
});

test('closing, it answers what is under way and takes no more', async () => {
  const { first, open } = await underWay();
  const closed = stage.server.close();
  await expect(stage.send('/ping')).rejects.toThrow();
  open();
  expect(await first).toMatchObject({ status: 200, text: 'late' });
  await closed;
});

test('closing, it can cut a request that never arrives whole', async () => {
  const [half, none] = [await halfSent(stage.base), connect(Number(new URL(stage.base).port), '127.0.0.1')];
  await once(none, 'connect');
  none.write('GET /ping HTTP/1.1\r\n');
  const cut = [half, none].map((sent) => new Promise((resolve) => sent.once('close', resolve)));
  half.on('error', () => {});
  none.on('error', () => {});
  const closed = stage.server.close();
  stage.server.cut();
  await Promise.all([closed, ...cut]);
  await until(() => stage.log.length > 0, 'the log');
  expect(stage.engine.statements).toEqual([]);
});

test('a port that another has is told', async () => {
  const other = await createClickHouseServer({
    engine: stage.engine,
    incomingFolder: `${stage.folder}-other`,
    log: () => {},
  });
  await expect(other.listen(Number(new URL(stage.base).port))).rejects.toThrow('EADDRINUSE');
});

/** An insert whose body has begun to arrive. */
async function halfSent(base: string): Promise<ClientRequest> {
  const sent = request(`${base}/?query=${encodeURIComponent(INSERT)}`, {
    method: 'POST',
    headers: { 'content-length': 100 },
  });
  sent.write('1\n');
  await until(() => stage.files().length === 1, 'the file of what came');
  return sent;
}

/** A query that the engine runs until `open` is called. */
async function underWay(): Promise<{ first: Promise<Reply>; open: () => void }> {
  const { opened, open } = gate();
  stage.engine.answer = async () => {
    await opened;
    return 'late';
  };
  const first = stage.send('/?query=SELECT+1');
  await until(() => stage.engine.open === 1, 'the first query');
  return { first, open };
}
