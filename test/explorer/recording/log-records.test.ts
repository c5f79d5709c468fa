import { describe, expect, test } from '@jest/globals';
import { logFactsOf, logLineOf } from '../../../src/explorer/recording/log-records.ts';
import { logRecord, T0 } from '../support.ts';

const textOf = (body: unknown, more: object = {}) => logLineOf({ body, ...more }, undefined).text;

describe('a log record', () => {
  test('is shown with its time, severity, logger, text and attributes', () => {
    const record = logRecord({ at: 5, text: 'paid', severity: 13, attributes: { amount: 25, tags: ['a'] } });
    expect(logLineOf(record, 'orders')).toEqual({
      timeMs: T0 + 5,
      severity: 'WARN',
      severityNumber: 13,
      logger: 'orders',
      text: 'paid',
      attributes: '{"amount":25,"tags":["a"]}',
    });
  });

  test('has a body of any shape', () => {
    const values = [{ intValue: '9007199254740993' }, { boolValue: false }, { doubleValue: 0.5 }, {}];
    const list = { arrayValue: { values } };
    expect(textOf({ kvlistValue: { values: [{ key: '__proto__', value: list }] } })).toBe(
      '{"__proto__":["9007199254740993",false,0.5,null]}',
    );
    expect(textOf(undefined)).toBe('');
    expect(textOf({ stringValue: 'half \ud800' })).toBe('half \ufffd');
    expect(textOf({ stringValue: 'x'.repeat(100_000) })).toHaveLength(16_000);
    expect(textOf({ intValue: 3 }, { eventName: 'user.login' })).toBe('user.login 3');
    let deep: object = { stringValue: 'bottom' };
    for (let i = 0; i < 90; i += 1) deep = { arrayValue: { values: [deep] } };
    expect(textOf(deep)).toContain('…');
  });

  test('is as grave as its number says, else as its word', () => {
    const numberOf = (record: object) => logLineOf(record as never, undefined).severityNumber;
    const words = ['fatal', 'CRITICAL', 'Error', 'warning', 'notice', 'debug', 'silly', 'odd'];
    expect(words.map((severityText) => numberOf({ severityText }))).toEqual([
      21,
      21,
      17,
      13,
      9,
      5,
      1,
      undefined,
    ]);
    expect(numberOf({ severityNumber: 'SEVERITY_NUMBER_ERROR', severityText: 'info' })).toBe(17);
    expect(numberOf({ severityNumber: 3, severityText: 'error' })).toBe(3);
    expect(logLineOf({ severityNumber: 24 }, undefined).severity).toBe('FATAL');
  });

  test('is of a trace and a time, or belongs to nothing', () => {
    const record = logRecord({ at: 1, span: '00000000000000aa', severity: 17 });
    expect(logFactsOf(record)).toEqual({
      traceId: record.traceId,
      spanId: '00000000000000aa',
      timeMs: T0 + 1,
      severityNumber: 17,
    });
    expect(logFactsOf({ ...record, traceId: undefined })).toBeUndefined();
    expect(logFactsOf({ ...record, timeUnixNano: '0' })).toBeUndefined();
    const seen = { ...record, timeUnixNano: undefined, observedTimeUnixNano: record.timeUnixNano };
    expect(logFactsOf(seen)?.timeMs).toBe(T0 + 1);
  });
});
