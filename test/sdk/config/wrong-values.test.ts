import { describe, expect, test } from '@jest/globals';
import { didYouMean } from '../../../src/sdk/config/did-you-mean.ts';
import { instrumentServer } from '../../../src/sdk/instrument-server.ts';
import { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';
import { resolve } from './support.ts';

const ENDPOINT = "an http(s) URL such as 'http://localhost:4318', or a folder with exporterType 'file'";
const MILLIS = 'a number of milliseconds from 1 to 2147483647';
const AUTH = "{ type: 'bearer', token }, { type: 'apiKey', apiKey } or { type: 'basic', username, password }";

/** Each option, what it takes, and values that it does not take with the way an error shows them. */
const OPTIONS: Record<keyof TelemetryConfig, { takes: string; wrong: [value: unknown, shown: string][] }> = {
  serverName: {
    takes: 'a non-empty string',
    wrong: [
      ['', "''"],
      [7, '7'],
      [null, 'null'],
    ],
  },
  serverVersion: {
    takes: 'a non-empty string',
    wrong: [
      ['', "''"],
      [1.2, '1.2'],
    ],
  },
  exporterEndpoint: {
    takes: ENDPOINT,
    wrong: [
      ['', "''"],
      ['localhost:4318', "'localhost:4318'"],
      ['grpc://h:4317', "'grpc://h:4317'"],
      ['http://', "'http://'"],
      [4318, '4318'],
      [new URL('http://h'), 'an object'],
    ],
  },
  exporterType: {
    takes: "one of 'otlp-http', 'console', 'file', 'none'",
    wrong: [
      ['otlp', "'otlp'"],
      ['', "''"],
      [true, 'true'],
    ],
  },
  exporterAuth: {
    takes: AUTH,
    wrong: [
      ['Bearer s3cret', 'a text of 13 characters'],
      [{ type: 'bearer' }, 'object'],
      [{ type: 'bearer', token: '' }, 'object'],
      [{ type: 'apiKey', token: 's3cret' }, 'object'],
      [{ type: 'basic', username: 'u' }, 'object'],
      [{ type: 'digest', token: 's3cret' }, 'object'],
      [null, 'object'],
    ],
  },
  exporterHeaders: {
    takes: 'an object of strings',
    wrong: [
      ['x-key: s3cret', 'a text of 13 characters'],
      [{ key: 7 }, 'object'],
      [['s3cret'], 'object'],
      [null, 'object'],
    ],
  },
  samplingRate: {
    takes: 'a number from 0 to 1',
    wrong: [
      [-0.1, '-0.1'],
      [1.1, '1.1'],
      [Number.NaN, 'NaN'],
      ['0.5', "'0.5'"],
    ],
  },
  metricExportIntervalMs: {
    takes: MILLIS,
    wrong: [
      [0, '0'],
      [Infinity, 'Infinity'],
      ['60s', "'60s'"],
    ],
  },
  batchTimeoutMs: {
    takes: MILLIS,
    wrong: [
      [-1, '-1'],
      [2 ** 31, '2147483648'],
    ],
  },
  shutdownTimeoutMs: {
    takes: MILLIS,
    wrong: [
      [0, '0'],
      [Number.NaN, 'NaN'],
    ],
  },
  exitDelivery: {
    takes: 'true or false',
    wrong: [
      ['no', "'no'"],
      [0, '0'],
    ],
  },
  enableTracing: {
    takes: 'true or false',
    wrong: [
      ['yes', "'yes'"],
      [1, '1'],
    ],
  },
  enableMetrics: { takes: 'true or false', wrong: [[0, '0']] },
  enableArgumentCollection: { takes: 'true or false', wrong: [['false', "'false'"]] },
  enableResultCollection: { takes: 'true or false', wrong: [[null, 'null']] },
  enableErrorTextCollection: { takes: 'true or false', wrong: [['no', "'no'"]] },
  enablePIISanitization: { takes: 'true or false', wrong: [['', "''"]] },
  dataProcessors: {
    takes: 'an array of functions',
    wrong: [
      [() => ({}), 'a function'],
      [[1], 'an array'],
      [{}, 'an object'],
    ],
  },
  maxAttributeLength: {
    takes: 'a whole number from 16 to 1048576',
    wrong: [
      [15, '15'],
      [1_048_577, '1048577'],
      [100.5, '100.5'],
      ['4096', "'4096'"],
    ],
  },
  sessionScope: { takes: "one of 'process', 'client'", wrong: [['request', "'request'"]] },
  inferSessions: { takes: 'true or false', wrong: [['maybe', "'maybe'"]] },
  trustProxy: {
    takes:
      'a number of hops from 0 to 32 (1 behind one proxy), or addresses, CIDR ranges, loopback, linklocal or uniquelocal',
    wrong: [
      [true, 'true'],
      ['true', "'true'"],
      ['', "''"],
      [-1, '-1'],
      [1.5, '1.5'],
      [33, '33'],
      ['nginx', "'nginx'"],
      ['10.0.0.0/33', "'10.0.0.0/33'"],
      ['::1/129', "'::1/129'"],
      ['10.0.0.1,', "'10.0.0.1,'"],
      [['loopback', 7], 'an array'],
      [['1'], 'an array'],
      [['fe80::1%eth0'], 'an array'],
      [['constructor'], 'an array'],
      [new Array(1_001).fill('10.0.0.1'), 'an array'],
      [null, 'null'],
      [() => true, 'a function'],
    ],
  },
  readConversationIds: { takes: 'true or false', wrong: [['no', "'no'"]] },
  sessionSecret: {
    takes: 'a text of at least 16 characters',
    wrong: [
      ['fifteen letters', 'a text of 15 characters'],
      [`short${' '.repeat(20)}`, 'a text of 25 characters'],
      [1234567890123456, 'number'],
    ],
  },
  sessionKey: { takes: 'a function', wrong: [['id', "'id'"]] },
  sessionIdleTimeoutMs: { takes: MILLIS, wrong: [[0.5, '0.5']] },
  sessionUpdateIntervalMs: { takes: MILLIS, wrong: [[10n, '10']] },
  metricSessionId: { takes: 'true or false', wrong: [[Symbol('x'), 'Symbol(x)']] },
  identifyUser: { takes: 'a function', wrong: [[{}, 'an object']] },
  resourceAttributes: {
    takes: 'an object of strings, numbers and booleans',
    wrong: [
      [{ team: null }, 'an object'],
      [['team'], 'an array'],
      ['team=a', "'team=a'"],
    ],
  },
  tracerProvider: {
    takes: 'an OpenTelemetry TracerProvider',
    wrong: [
      [{}, 'an object'],
      [null, 'null'],
    ],
  },
  meterProvider: { takes: 'an OpenTelemetry MeterProvider', wrong: [[{ getTracer() {} }, 'an object']] },
  propagateToClient: { takes: 'true or false', wrong: [['no', "'no'"]] },
  propagateToServer: { takes: 'true or false', wrong: [['yes', "'yes'"]] },
  resourceUriInSpanName: { takes: 'true or false', wrong: [[1, '1']] },
  propagator: { takes: 'an OpenTelemetry TextMapPropagator', wrong: [[{ inject() {} }, 'an object']] },
};

function errorOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

const CASES = Object.entries(OPTIONS).flatMap(([option, { takes, wrong }]) =>
  wrong.map(([value, shown]) => ({ option, takes, value, shown })),
);

describe('a wrong value in code throws a TypeError', () => {
  test.each(CASES)('$option: $shown', ({ option, takes, value, shown }) => {
    const error = errorOf(() => resolve({ [option]: value } as TelemetryConfig));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(`mcp-sessionscope: ${option} must be ${takes}, got ${shown}`);
  });

  test('that names every wrong field at once', () => {
    const error = errorOf(() =>
      resolve({
        samplingRate: 2,
        exporterType: 'otlp',
        serverName: 'fine',
        exporterEndpoint: 'nowhere',
      } as object),
    );
    expect(error.message).toBe(
      "mcp-sessionscope: samplingRate must be a number from 0 to 1, got 2; exporterType must be one of 'otlp-http', " +
        `'console', 'file', 'none', got 'otlp'; exporterEndpoint must be ${ENDPOINT}, got 'nowhere'`,
    );
  });

  test('that shows no secret', () => {
    const error = errorOf(() =>
      resolve({
        exporterAuth: { type: 'basic', username: 'user-s3cret' },
        exporterHeaders: { authorization: 's3cret', other: 7 },
        exporterEndpoint: 'grpc://user:s3cret@collector:4317',
        resourceAttributes: { key: ['s3cret'] },
      } as object),
    );
    expect(error.message).not.toContain('s3cret');
    expect(error.message).toContain('collector:4317');
  });

  test('that shows no more than 80 characters of a text', () => {
    const { message } = errorOf(() => resolve({ exporterType: 'x'.repeat(10_000) } as object));
    expect(message).toContain(`got '${'x'.repeat(80)}…'`);
  });

  test.each([null, 'config', 7, [], undefined])('%j in place of the options', (config) => {
    if (config === undefined) expect(() => new TelemetryManager(config)).not.toThrow();
    else {
      const run = () => new TelemetryManager(config as object);
      expect(errorOf(run)).toBeInstanceOf(TypeError);
      expect(errorOf(run).message).toMatch(/^mcp-sessionscope: config must be an object, got /);
    }
  });

  test('from instrumentServer too, before the server is touched', () => {
    const server = { connect() {}, setRequestHandler() {}, setNotificationHandler() {}, close() {} };
    const before = { ...server };
    expect(errorOf(() => instrumentServer(server, { samplingRate: 7 })).message).toContain('samplingRate');
    expect(errorOf(() => instrumentServer(server, null as unknown as object)).message).toContain('config');
    expect(server).toEqual(before);
  });
});

describe('a good value is taken', () => {
  const GOOD: TelemetryConfig[] = [
    { samplingRate: 0 },
    { samplingRate: 1 },
    { maxAttributeLength: 16 },
    { maxAttributeLength: 1_048_576 },
    { shutdownTimeoutMs: 1 },
    { sessionIdleTimeoutMs: 2 ** 31 - 1 },
    { batchTimeoutMs: 1.5 },
    { resourceAttributes: { a: 'b', c: 1, d: false } },
    { exporterHeaders: {} },
    { dataProcessors: [] },
    { trustProxy: false },
    { trustProxy: 0 },
    { trustProxy: '2' },
    { trustProxy: 'Loopback, 10.0.0.0/8, fd00::/8' },
    { trustProxy: ['203.0.113.7', '2001:db8::1'] },
    { trustProxy: [] },
    { exporterType: 'file', exporterEndpoint: 'not/a/url' },
  ];

  test.each(GOOD)('%j', (config) => {
    expect(resolve(config).warnings).toEqual([]);
  });
});

test('an unknown option is said and ignored', () => {
  const { resolved, warnings } = resolve({ exporterEndpiont: 'http://h', toString: 1 } as object);
  expect(warnings).toEqual([
    "unknown option 'exporterEndpiont' is ignored; did you mean 'exporterEndpoint'?",
    "unknown option 'toString' is ignored",
  ]);
  expect(resolved.traces).toMatchObject({ url: 'http://localhost:4318/v1/traces' });
  expect(resolved).not.toHaveProperty('exporterEndpiont');
});

test.each([
  ['exporterEndpont', 'exporterEndpoint'],
  ['exporterendpoint', 'exporterEndpoint'],
  ['endpoint', 'exporterEndpoint'],
  ['enablePiiSanitisation', 'enablePIISanitization'],
  ['samplignRat', 'samplingRate'],
  ['exporter', undefined],
  ['name', 'serverName'],
  ['auth', 'exporterAuth'],
  ['resource', undefined],
  ['x', undefined],
  ['__proto__', undefined],
  ['a'.repeat(10_000), undefined],
])('what is meant by the option %s is %s', (name, meant) => {
  const suggestion = meant === undefined ? '' : `; did you mean '${meant}'?`;
  expect(didYouMean(name, Object.keys(OPTIONS))).toBe(suggestion);
});
