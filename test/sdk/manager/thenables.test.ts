import { afterEach, describe, expect, test } from '@jest/globals';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { closeRecordings, record } from '../../support/recording.ts';

afterEach(closeRecordings);

/** Starts with each `then`, as queries of databases do. */
class Query {
  runs = 0;
  spans: unknown[] = [];
  readonly #answer: () => unknown;

  constructor(answer: () => unknown) {
    this.#answer = answer;
  }

  limit(): this {
    return this;
  }

  // biome-ignore lint/suspicious/noThenProperty: that is what is tested
  then(succeeded?: (value: unknown) => unknown, failed?: (error: unknown) => unknown): Promise<unknown> {
    this.runs += 1;
    this.spans.push(trace.getActiveSpan());
    return new Promise((resolve) => setTimeout(resolve, 1)).then(this.#answer).then(succeeded, failed);
  }
}

describe('a function that returns a thenable which is no promise', () => {
  test('gets it back as it is; its span ends when the thenable does, which ran once and in the span', async () => {
    const { telemetry, named, one } = record();
    const query = new Query(() => 'rows');
    let span: unknown;
    const returned = telemetry.startActiveSpan('query', {}, (active) => {
      span = active;
      return query;
    });
    expect(returned).toBe(query);
    expect(query.runs).toBe(0);
    expect(named('query')).toEqual([]);
    expect(await returned.limit()).toBe('rows');
    expect(query.runs).toBe(1);
    expect(query.spans).toEqual([span]);
    expect(one('query').status.code).toBe(SpanStatusCode.UNSET);
  });

  test('has its failure recorded', async () => {
    const { telemetry, one } = record();
    const query = new Query(() => {
      throw new RangeError('too many rows');
    });
    const returned = telemetry.startActiveSpan('query', {}, () => query);
    await expect(Promise.resolve(returned)).rejects.toThrow('too many rows');
    expect(one('query').status.code).toBe(SpanStatusCode.ERROR);
    expect(one('query').attributes['error.type']).toBe('RangeError');
  });

  test('passes on what `then` is called without', async () => {
    const { telemetry, one } = record();
    const returned = telemetry.startActiveSpan('query', {}, () => new Query(() => 'rows'));
    expect(await returned.then()).toBe('rows');
    expect(one('query').ended).toBe(true);
    const failing = telemetry.startActiveSpan(
      'bad',
      {},
      () => new Query(() => Promise.reject(new Error('no'))),
    );
    await expect(failing.then()).rejects.toThrow('no');
    expect(one('bad').ended).toBe(true);
  });

  test('may return the same one ever again', async () => {
    const { telemetry, named } = record();
    const query = new Query(() => 'rows');
    for (let i = 0; i < 20_000; i += 1) telemetry.startActiveSpan('query', {}, () => query);
    expect(await query).toBe('rows');
    expect(named('query')).toHaveLength(20_000);
    telemetry.startActiveSpan('query', {}, () => query);
    await query;
    expect(named('query')).toHaveLength(20_001);
  });

  test('may return one that cannot be changed, or read: its span ends at once', () => {
    const { telemetry, named } = record();
    const frozen = Object.freeze(new Query(() => 'rows'));
    expect(telemetry.startActiveSpan('odd', {}, () => frozen)).toBe(frozen);
    const unreadable = new Proxy(
      {},
      {
        get: () => {
          throw new Error('hands off');
        },
      },
    );
    expect(telemetry.startActiveSpan('odd', {}, () => unreadable)).toBe(unreadable);
    expect(named('odd')).toHaveLength(2);
  });
});

test('error.type of a span of one’s own is the class of what was thrown', async () => {
  const { telemetry, one } = record();
  const thrower = (): never => {
    throw new TypeError('wrong');
  };
  expect(() => telemetry.startActiveSpan('sync', {}, thrower)).toThrow('wrong');
  await expect(telemetry.startActiveSpan('async', {}, async () => thrower())).rejects.toThrow('wrong');
  expect(one('sync').attributes['error.type']).toBe('TypeError');
  expect(one('async').attributes['error.type']).toBe('TypeError');
});
