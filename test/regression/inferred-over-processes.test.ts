import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { closeHosts, connectHttp, type Host, listen, statelessV1 } from '../support/http-v1.ts';
import { clientV2, connectV2, handlerV2 } from '../support/http-v2.ts';
import { closeRecordings, type Recording, record } from '../support/recording.ts';
import { rowsOf } from '../support/rows.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

const SECRET = 'shared by all replicas';
const call = { name: 'echo', arguments: { text: 'hi' } };

type Serve = (telemetry: Recording['telemetry']) => Promise<Host>;

/** Replicas, and a place that sends each request to the next one. */
async function replicas(serve: Serve, config: object) {
  const recordings = [record(config), record(config), record(config)];
  const hosts = await Promise.all(recordings.map(({ telemetry }) => serve(telemetry)));
  let next = 0;
  const { url } = await listen((request, response) => {
    const host = hosts[next % hosts.length] as Host;
    next += 1;
    host.listener(request, response);
  });
  return {
    url,
    async rows() {
      await Promise.all(recordings.map(({ telemetry }) => telemetry.shutdown()));
      return rowsOf(recordings.flatMap(({ spans }) => spans()));
    },
  };
}

const SERVERS: [
  string,
  Serve,
  (url: URL, name: string, headers: Record<string, string>) => Promise<Caller>,
][] = [
  [
    'SDK 1, stateless',
    statelessV1,
    async (url, name, headers) =>
      (await connectHttp(url, { client: new Client({ name, version: '1' }), headers })).client,
  ],
  [
    'SDK 2, protocol 2026-07-28',
    handlerV2,
    async (url, name, headers) => (await connectV2(url, clientV2(undefined, name), headers)).client,
  ],
];
type Caller = Pick<Client, 'close'> & { callTool(params: typeof call): Promise<unknown> };

describe.each(SERVERS)('one caller of three replicas (%s)', (_, serve, connect) => {
  async function visit(config: object, headers: Record<string, string>[]) {
    const { url, rows } = await replicas(serve, config);
    for (const each of headers) {
      const client = await connect(url, 'cli', each);
      for (let i = 0; i < 5; i += 1) await client.callTool(call);
      await client.close();
    }
    return rows();
  }

  test('is one row with a secret that they share', async () => {
    expect(await visit({ sessionSecret: SECRET }, [{}])).toMatchObject([{ sources: ['inferred'], parts: 3 }]);
  });

  test('is a row for each without', async () => {
    expect((await visit({}, [{}])).map(({ parts }) => parts)).toEqual([1, 1, 1]);
  });

  test('is not another one, by user agent or token', async () => {
    const callers = [
      { 'user-agent': 'one' },
      { 'user-agent': 'two' },
      { authorization: 'Bearer joe' },
      { authorization: 'Bearer ann' },
    ];
    expect((await visit({ sessionSecret: SECRET }, callers)).map(({ parts }) => parts)).toEqual([3, 3, 3, 3]);
  });

  test('is one row for a conversation of its own, by a secret or a token that nobody guesses', async () => {
    const { url, rows } = await replicas(serve, { sessionSecret: SECRET });
    const client = await connect(url, 'cli', { authorization: 'Bearer joe', 'x-openai-session': 'v1/lunch' });
    for (let i = 0; i < 5; i += 1) await client.callTool(call);
    await client.close();
    expect(await rows()).toMatchObject([{ sources: ['conversation'], parts: 1 }]);

    const open = await replicas(serve, {});
    const authorization = `Bearer ${randomBytes(32).toString('base64url')}`;
    const other = await connect(open.url, 'cli', { authorization, 'x-openai-session': 'v1/lunch' });
    for (let i = 0; i < 5; i += 1) await other.callTool(call);
    await other.close();
    expect(await open.rows()).toMatchObject([{ sources: ['conversation'], parts: 1 }]);
  });
});

test('two clients that one process tells apart by name are not joined by the key that they have in common', async () => {
  const recording = record({ sessionSecret: SECRET });
  const { url } = await statelessV1(recording.telemetry);
  const headers = { 'user-agent': 'shared' };
  const clients = ['one', 'two', 'three'].map((name) => new Client({ name, version: '1' }));
  for (const client of clients) await connectHttp(url, { client, headers });
  expect(recording.telemetry.activeSessions()).toHaveLength(3);
  await Promise.all(clients.map((client) => client.close()));
  await recording.telemetry.shutdown();
  expect(rowsOf(recording.spans()).map(({ clients: names, parts }) => [names, parts])).toEqual([
    [['one'], 1],
    [['two'], 1],
    [['three'], 1],
  ]);
});

test('nothing shows the secret', async () => {
  const recording = record({ sessionSecret: SECRET });
  const { url } = await statelessV1(recording.telemetry);
  const { client } = await connectHttp(url, { headers: { authorization: 'Bearer joe' } });
  await client.callTool(call);
  await client.close();
  await recording.telemetry.shutdown();
  const all = recording.spans().map(({ attributes, resource }) => [attributes, resource.attributes]);
  expect(JSON.stringify(all)).not.toMatch(/shared by|Bearer|joe/);
});
