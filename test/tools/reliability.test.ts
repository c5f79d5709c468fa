import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { closeServer, listen } from '../../tools/support/otlp-sink.ts';
import { toldLosses } from '../../tools/support/told-losses.ts';
import { accountOf, checksOf } from '../system/reliability/account.ts';
import { SCENARIOS } from '../system/reliability/scenarios.ts';
import { type Found, spansInClickHouse } from '../system/reliability/store.ts';
import type { Sent } from '../system/reliability/traffic.ts';

const sent: Sent[] = [
  { id: 'whole', requests: 2, ended: true },
  { id: 'part', requests: 2, ended: true },
  { id: 'none', requests: 1, ended: false },
];
const found: Found = {
  spans: new Map([
    ['whole', 5],
    ['part', 2],
  ]),
  twice: 3,
};
const evidence = { scenario: 'x', sent, found, stderr: '', measured: 8, failedRequests: 0 };

describe('the account of a run', () => {
  it('counts spans and sessions that are whole, cut and missing', () => {
    expect(accountOf(evidence)).toMatchObject({ sent: 13, found: 7, lost: 6, whole: 1, part: 1, none: 1 });
    expect(accountOf(evidence)).toMatchObject({ twice: 3 });
  });

  it('counts requests and notifications as the metrics do', () => {
    expect(accountOf(evidence)).toMatchObject({ operations: 8, measured: 8 });
  });

  it('adds up the losses that the package told of', () => {
    const stderr =
      'exporting to http://x works again; 1 span was lost\nexporting to http://x ended; 41 spans were lost, 3 more may be lost: late';
    expect(toldLosses(`${stderr}\n2 spans may be lost\n1 span may be lost`)).toEqual({ lost: 42, unsure: 6 });
  });
});

describe('the checks of a run', () => {
  const [nothing] = SCENARIOS;
  const loses = SCENARIOS.find((scenario) => scenario.loses === 'something, and tells it')!;
  const failed = (scenario: typeof loses, stderr: string): string[] =>
    checksOf(scenario, accountOf({ ...evidence, stderr }))
      .filter(({ ok }) => !ok)
      .map(({ found: what }) => what);

  it('fail where a span is lost that must not be', () => {
    expect(failed(nothing!, '')).toEqual(['6 lost', '3 twice']);
  });

  it('fail where a span is there twice though nothing failed', () => {
    const restart = SCENARIOS.find(({ target, loses }) => target === 'clickhouse' && loses === 'nothing')!;
    expect(failed(restart, '')).toEqual(['6 lost']);
  });

  it('fail where a loss is not told', () => {
    expect(failed(loses, '5 spans were lost')).toEqual(['6 lost, 5 told']);
    expect(failed(loses, '6 spans were lost')).toEqual([]);
  });

  it('take what may be lost for what it is', () => {
    expect(failed(loses, '4 spans were lost, 3 more may be lost')).toEqual([]);
    expect(failed(loses, '4 spans were lost, 1 more may be lost')).toEqual(['6 lost, 4 told, 1 may be']);
    expect(failed(loses, '7 spans were lost')).toEqual(['6 lost, 7 told']);
  });
});

describe('the answer of ClickHouse', () => {
  /** What is asked of it is run by ClickHouse's own engine in `npm run reliability`. */
  const answering = async (status: number, body: string): Promise<Found> => {
    const server = createServer((_, response) => void response.writeHead(status).end(body));
    try {
      return await spansInClickHouse({ clickhouse: `http://127.0.0.1:${await listen(server)}` }, 'run');
    } finally {
      await closeServer(server);
    }
  };

  it('tells the spans of each session, and how many are there twice', async () => {
    const rows = '{"session":"a","spans":2,"rows":3}\n{"session":"b","spans":1,"rows":1}\n';
    expect(await answering(200, rows)).toEqual({ spans: new Map(Object.entries({ a: 2, b: 1 })), twice: 1 });
  });

  it('is no answer where it is an error', async () => {
    await expect(answering(500, 'Code: 60.')).rejects.toThrow('ClickHouse answered 500: Code: 60.');
  });
});
