import { describe, expect, test } from '@jest/globals';
import type { ExporterAuth } from '../../../src/sdk/types.ts';
import { resolve, SENT } from './support.ts';

describe('exporterEndpoint', () => {
  const FORMS: [endpoint: string, traces: string, metrics: string][] = [
    ['http://h:4318', 'http://h:4318/v1/traces', 'http://h:4318/v1/metrics'],
    ['http://h:4318/', 'http://h:4318/v1/traces', 'http://h:4318/v1/metrics'],
    ['http://h:4318/v1', 'http://h:4318/v1/traces', 'http://h:4318/v1/metrics'],
    ['http://h:4318/v1/', 'http://h:4318/v1/traces', 'http://h:4318/v1/metrics'],
    ['http://h:4318/v1/traces', 'http://h:4318/v1/traces', 'http://h:4318/v1/metrics'],
    ['http://h:4318/v1/metrics/', 'http://h:4318/v1/traces', 'http://h:4318/v1/metrics'],
    ['https://h/otlp', 'https://h/otlp/v1/traces', 'https://h/otlp/v1/metrics'],
    ['https://h/otlp/v1', 'https://h/otlp/v1/traces', 'https://h/otlp/v1/metrics'],
    ['https://h/v10', 'https://h/v10/v1/traces', 'https://h/v10/v1/metrics'],
    ['https://h/otlp?key=a', 'https://h/otlp/v1/traces?key=a', 'https://h/otlp/v1/metrics?key=a'],
    ['HTTP://h:4318', 'http://h:4318/v1/traces', 'http://h:4318/v1/metrics'],
    ['http://[::1]:4318', 'http://[::1]:4318/v1/traces', 'http://[::1]:4318/v1/metrics'],
  ];

  test.each(FORMS)('%s', (exporterEndpoint, traces, metrics) => {
    const { resolved } = resolve({ exporterEndpoint });
    expect(resolved.traces).toEqual({ kind: 'otlp-http', url: traces, headers: {}, ...SENT });
    expect(resolved.metrics).toEqual({ kind: 'otlp-http', url: metrics, headers: {}, ...SENT });
  });

  test('is a folder with exporterType file', () => {
    const { resolved } = resolve({ exporterType: 'file', exporterEndpoint: 'some/folder' });
    expect(resolved.traces).toEqual({ kind: 'file', dir: 'some/folder' });
    expect(resolved.metrics).toEqual({ kind: 'file', dir: 'some/folder' });
  });

  test.each(['http://collector:4318', 'HTTPS://h', 'file:///var/log', 'grpc+tls://h'])(
    'is no URL with exporterType file: %s',
    (exporterEndpoint) => {
      expect(() => resolve({ exporterType: 'file', exporterEndpoint })).toThrow(
        new TypeError(
          `mcp-sessionscope: exporterEndpoint must be a folder with exporterType 'file', got '${exporterEndpoint}'`,
        ),
      );
    },
  );

  test.each(['C:\\logs', 'C://logs', './http:/x', '/var/log/mcp'])(
    'is any folder with exporterType file: %s',
    (dir) => {
      const { resolved } = resolve({ exporterType: 'file', exporterEndpoint: dir });
      expect(resolved.traces).toEqual({ kind: 'file', dir });
    },
  );

  test('left out with exporterType file is the default folder', () => {
    expect(resolve({ exporterType: 'file' }).resolved.traces).toEqual({ kind: 'file', dir: undefined });
  });

  test('of the environment is not meant for exporterType file', () => {
    const { resolved } = resolve({ exporterType: 'file' }, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:1' });
    expect(resolved.traces).toEqual({ kind: 'file', dir: undefined });
  });
});

describe('exporterAuth becomes one header', () => {
  const HEADERS: [auth: ExporterAuth, headers: Record<string, string>][] = [
    [{ type: 'bearer', token: 'abc' }, { authorization: 'Bearer abc' }],
    [{ type: 'apiKey', apiKey: 'abc' }, { 'x-api-key': 'abc' }],
    [
      { type: 'basic', username: 'Aladdin', password: 'open sesame' },
      { authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' },
    ],
    // RFC 7617: UTF-8.
    [{ type: 'basic', username: 'test', password: '123£' }, { authorization: 'Basic dGVzdDoxMjPCow==' }],
  ];

  test.each(HEADERS)('%j', (exporterAuth, headers) => {
    const { resolved } = resolve({ exporterAuth });
    expect(resolved.traces).toMatchObject({ headers });
    expect(resolved.metrics).toMatchObject({ headers });
  });

  test('beside those of exporterHeaders, which win', () => {
    const { resolved } = resolve({
      exporterAuth: { type: 'bearer', token: 'abc' },
      exporterHeaders: { 'x-tenant': 'seven', authorization: 'Custom' },
    });
    expect(resolved.traces).toMatchObject({ headers: { 'x-tenant': 'seven', authorization: 'Custom' } });
  });
});

describe('a signal that is turned off goes nowhere', () => {
  test('traces by enableTracing: false', () => {
    const { resolved } = resolve({ enableTracing: false, exporterType: 'console' });
    expect(resolved).toMatchObject({ traces: { kind: 'none' }, metrics: { kind: 'console' } });
  });

  test('metrics by enableMetrics: false', () => {
    const { resolved } = resolve({ enableMetrics: false }, { OTEL_METRICS_EXPORTER: 'console' });
    expect(resolved).toMatchObject({ traces: { kind: 'otlp-http' }, metrics: { kind: 'none' } });
  });
});

test.each([
  [{}, {}, { traces: 'nobody', metrics: 'nobody' }],
  [{ exporterType: 'otlp-http' as const }, {}, { traces: 'code', metrics: 'code' }],
  [{ exporterType: 'none' as const }, {}, { traces: 'nobody', metrics: 'nobody' }],
  [{ exporterEndpoint: 'http://h:1' }, {}, { traces: 'code', metrics: 'code' }],
  [{ exporterEndpoint: 'http://h:1', enableMetrics: false }, {}, { traces: 'code', metrics: 'nobody' }],
  [{ exporterHeaders: { a: 'b' } }, {}, { traces: 'nobody', metrics: 'nobody' }],
  [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1' }, { traces: 'environment', metrics: 'environment' }],
  [{}, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://h:1' }, { traces: 'environment', metrics: 'nobody' }],
  [{}, { OTEL_METRICS_EXPORTER: 'console' }, { traces: 'nobody', metrics: 'environment' }],
  [{}, { OTEL_METRICS_EXPORTER: 'none' }, { traces: 'nobody', metrics: 'nobody' }],
])('%j with %j: who says where telemetry goes', (config, env, named) => {
  expect(resolve(config, env as Record<string, string>).resolved.named).toEqual(named);
});
