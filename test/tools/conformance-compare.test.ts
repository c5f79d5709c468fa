import { describe, expect, it } from '@jest/globals';
import { differences, normalised, tally } from '../system/conformance/compare.ts';
import type { Check, Results } from '../system/conformance/framework.ts';

const check = (over: Partial<Check> = {}): Check => ({
  id: 'ping',
  status: 'SUCCESS',
  timestamp: '2026-01-01T00:00:00.000Z',
  details: { url: 'http://127.0.0.1:1234/mcp', session: '0f6e1c1e-8f5b-4f0e-9d3a-1d2c3b4a5f60', answer: 42 },
  ...over,
});

const results = (...checks: Check[]): Results => new Map([['ping', checks]]);

describe('the comparison of two conformance runs', () => {
  it('finds none between runs that differ in time, port and minted ids', () => {
    const later = check({
      timestamp: '2026-01-01T00:00:09.000Z',
      details: { url: 'http://127.0.0.1:9/mcp', session: 'ffffffff-8f5b-4f0e-9d3a-1d2c3b4a5f60', answer: 42 },
    });
    expect(differences(results(check()), results(later))).toEqual([]);
  });

  it('finds none where only the trace context was added', () => {
    const body = (params?: object): Check => check({ details: { body: { method: 'tools/list', params } } });
    const _meta = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    expect(differences(results(body()), results(body({ _meta })))).toEqual([]);
    expect(differences(results(body({ a: 1 })), results(body({ a: 1, _meta })))).toEqual([]);
    expect(differences(results(body()), results(body({ _meta: { ..._meta, more: 1 } })))).toHaveLength(1);
  });

  it('finds a status that changed', () => {
    const [difference] = differences(results(check()), results(check({ status: 'FAILURE' })));
    expect(difference?.scenario).toBe('ping');
    expect(difference?.lines).toHaveLength(2);
    expect(difference?.lines[1]).toContain('"status":"FAILURE"');
  });

  it('finds a detail that changed', () => {
    const details = { ...(check().details as object), answer: 43 };
    expect(differences(results(check()), results(check({ details })))).toHaveLength(1);
  });

  it('finds a check that is missing or new', () => {
    expect(differences(results(check(), check()), results(check()))).toHaveLength(1);
    expect(differences(results(check()), results(check(), check()))).toHaveLength(1);
  });

  it('finds a scenario that only one of them ran', () => {
    const none: Results = new Map();
    expect(differences(results(check()), none)).toHaveLength(1);
    expect(differences(none, results(check()))).toHaveLength(1);
  });

  it('leaves numbers that are no times', () => {
    expect(normalised(check())).toContain('"answer":42');
  });

  it('counts checks by how they ended', () => {
    const run = results(
      check(),
      check({ status: 'FAILURE' }),
      check({ status: 'WARNING' }),
      check({ status: 'INFO' }),
    );
    expect(tally(run)).toEqual({ scenarios: 1, passed: 1, failed: 1, warned: 1, other: 1 });
  });
});
