import { expect, test } from '@jest/globals';
import * as api from '../../src/index.ts';

test('the package exports these values and no others', () => {
  expect(Object.keys(api).sort()).toEqual([
    'TelemetryManager',
    'installShutdownHooks',
    'instrumentClient',
    'instrumentServer',
  ]);
});

test('a manager has these members and no others', () => {
  const members = Object.getOwnPropertyNames(api.TelemetryManager.prototype).sort();
  expect(members).toEqual([
    'activeSessions',
    'constructor',
    'currentRequest',
    'forceFlush',
    'getHistogram',
    'getIncrementCounter',
    'instrument',
    'instrumentClient',
    'isShutdown',
    'meter',
    'sessionId',
    'shutdown',
    'startActiveSpan',
    'tracer',
  ]);
});
