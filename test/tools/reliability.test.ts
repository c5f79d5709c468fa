import { describe, expect, it } from '@jest/globals';
import { accountOf, checksOf, toldLosses } from '../../tools/reliability/account.ts';
import { SCENARIOS } from '../../tools/reliability/scenarios.ts';
import { addSpans } from '../../tools/reliability/store.ts';
import type { Sent } from '../../tools/reliability/traffic.ts';

const sent: Sent[] = [
  { id: 'whole', requests: 2, ended: true },
  { id: 'part', requests: 2, ended: true },
  { id: 'none', requests: 1, ended: false },
];
const found = new Map([
  ['whole', new Set(['1', '2', '3', '4', '5'])],
  ['part', new Set(['6', '7'])],
]);
const evidence = { scenario: 'x', sent, found, stderr: '', measured: 8, failedRequests: 0 };

describe('the account of a run', () => {
  it('counts spans and sessions that are whole, cut and missing', () => {
    expect(accountOf(evidence)).toMatchObject({ sent: 13, found: 7, lost: 6, whole: 1, part: 1, none: 1 });
  });

  it('counts requests and notifications as the metrics do', () => {
    expect(accountOf(evidence)).toMatchObject({ operations: 8, measured: 8 });
  });

  it('adds up the losses that the package told of', () => {
    const stderr =
      'exporting to http://x works again; 1 span was lost\nexporting to http://x ended; 41 spans were lost (late)';
    expect(toldLosses(stderr)).toBe(42);
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
    expect(failed(nothing!, '')).toEqual(['6 lost']);
  });

  it('fail where a loss is not told', () => {
    expect(failed(loses, '5 spans were lost')).toEqual(['6 lost, 5 told']);
    expect(failed(loses, '6 spans were lost')).toEqual([]);
  });
});

describe('the answer of Tempo', () => {
  it('counts each span of a session once', () => {
    const span = (spanId: string, session?: string) => ({
      spanId,
      attributes:
        session === undefined ? [] : [{ key: 'mcp.client.session.id', value: { stringValue: session } }],
    });
    const spans = [span('1', 'a'), span('1', 'a'), span('2', 'a'), span('3', 'b'), span('4')];
    const sessions = new Map<string, Set<string>>();
    addSpans(sessions, { batches: [{ scopeSpans: [{ spans }] }] });
    expect([...sessions].map(([id, { size }]) => [id, size])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });
});
