import { describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../../src/sdk/config/defaults.ts';
import type { ResolvedConfig } from '../../../src/sdk/config/resolve.ts';
import { OPTION_VARIABLES } from '../../../src/sdk/config/variables.ts';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';
import { resolve } from './support.ts';

type Environment = Record<string, string>;

const MILLIS = 'a number of milliseconds from 1 to 2147483647';

/** An option with a variable of its own: what the variable says, what that gives, and what the code may say instead. */
const ownVariable = <K extends keyof ResolvedConfig & keyof TelemetryConfig>(
  name: string,
  text: string,
  option: K,
  value: ResolvedConfig[K],
  code: TelemetryConfig[K],
  codeGives: unknown = code,
) => ({
  says: `${name} says ${option}`,
  env: { [name]: text },
  gives: { [option]: value },
  code: { [option]: code },
  codeGives: { [option]: codeGives },
});

const otlp = (url: string) => ({ kind: 'otlp-http', url, headers: {} });

/** What a variable says, and the option that says the same and wins. */
const VARIABLES: {
  says: string;
  env: Environment;
  gives: Partial<ResolvedConfig> | object;
  code?: TelemetryConfig;
  codeGives?: object;
}[] = [
  {
    says: 'OTEL_SERVICE_NAME names the service',
    env: { OTEL_SERVICE_NAME: 'from-env' },
    gives: { serverName: 'from-env' },
    code: { serverName: 'from-code' },
    codeGives: { serverName: 'from-code' },
  },
  ownVariable('MCP_SESSIONSCOPE_SERVER_VERSION', '1.2.3', 'serverVersion', '1.2.3', '4.5.6'),
  ownVariable('MCP_SESSIONSCOPE_SHUTDOWN_TIMEOUT_MS', '250', 'shutdownTimeoutMs', 250, 99),
  ownVariable('MCP_SESSIONSCOPE_EXIT_DELIVERY', 'false', 'exitDelivery', false, true),
  ownVariable('MCP_SESSIONSCOPE_ENABLE_ARGUMENT_COLLECTION', 'TRUE', 'enableArgumentCollection', true, false),
  ownVariable('MCP_SESSIONSCOPE_ENABLE_RESULT_COLLECTION', 'true', 'enableResultCollection', true, false),
  ownVariable(
    'MCP_SESSIONSCOPE_ENABLE_ERROR_TEXT_COLLECTION',
    'false',
    'enableErrorTextCollection',
    false,
    true,
  ),
  ownVariable('MCP_SESSIONSCOPE_ENABLE_PII_SANITIZATION', 'false', 'enablePIISanitization', false, true),
  ownVariable('MCP_SESSIONSCOPE_MAX_ATTRIBUTE_LENGTH', ' 1024 ', 'maxAttributeLength', 1024, 16),
  ownVariable('MCP_SESSIONSCOPE_SESSION_SCOPE', 'client', 'sessionScope', 'client', 'process'),
  ownVariable('MCP_SESSIONSCOPE_INFER_SESSIONS', 'false', 'inferSessions', false, true),
  ownVariable('MCP_SESSIONSCOPE_READ_CONVERSATION_IDS', 'FALSE', 'readConversationIds', false, true),
  ownVariable(
    'MCP_SESSIONSCOPE_SESSION_SECRET',
    ' sixteen letters! ',
    'sessionSecret',
    'sixteen letters!',
    'another, from code',
  ),
  ownVariable('MCP_SESSIONSCOPE_TRUST_PROXY', '2', 'trustProxy', { hops: 2 }, false, { hops: 0 }),
  ownVariable('MCP_SESSIONSCOPE_SESSION_IDLE_TIMEOUT_MS', '5000', 'sessionIdleTimeoutMs', 5_000, 99),
  ownVariable('MCP_SESSIONSCOPE_SESSION_UPDATE_INTERVAL_MS', '500', 'sessionUpdateIntervalMs', 500, 99),
  ownVariable('MCP_SESSIONSCOPE_METRIC_SESSION_ID', 'false', 'metricSessionId', false, true),
  ownVariable('MCP_SESSIONSCOPE_PROPAGATE_TO_CLIENT', 'false', 'propagateToClient', false, true),
  ownVariable('MCP_SESSIONSCOPE_PROPAGATE_TO_SERVER', 'false', 'propagateToServer', false, true),
  ownVariable('MCP_SESSIONSCOPE_RESOURCE_URI_IN_SPAN_NAME', 'true', 'resourceUriInSpanName', true, false),
  {
    says: 'MCP_SESSIONSCOPE_ENABLE_TRACING=false leaves spans unrecorded',
    env: { MCP_SESSIONSCOPE_ENABLE_TRACING: 'false' },
    gives: { traces: { kind: 'none' }, metrics: otlp('http://localhost:4318/v1/metrics') },
    code: { enableTracing: true },
    codeGives: { traces: otlp('http://localhost:4318/v1/traces') },
  },
  {
    says: 'MCP_SESSIONSCOPE_ENABLE_METRICS=false leaves metrics unrecorded',
    env: { MCP_SESSIONSCOPE_ENABLE_METRICS: 'false' },
    gives: { traces: otlp('http://localhost:4318/v1/traces'), metrics: { kind: 'none' } },
    code: { enableMetrics: true },
    codeGives: { metrics: otlp('http://localhost:4318/v1/metrics') },
  },
  {
    says: 'MCP_SESSIONSCOPE_EXPORTER_TYPE is stronger than the exporters of OpenTelemetry',
    env: { MCP_SESSIONSCOPE_EXPORTER_TYPE: 'file', OTEL_TRACES_EXPORTER: 'none' },
    gives: {
      traces: { kind: 'file', dir: undefined },
      metrics: { kind: 'file', dir: undefined },
      named: { traces: 'variable', metrics: 'variable' },
    },
    code: { exporterType: 'console' },
    codeGives: {
      traces: { kind: 'console' },
      metrics: { kind: 'console' },
      named: { traces: 'code', metrics: 'code' },
    },
  },
  {
    says: 'OTEL_EXPORTER_OTLP_ENDPOINT is the base of both signals',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://env:4318/base' },
    gives: {
      traces: otlp('https://env:4318/base/v1/traces'),
      metrics: otlp('https://env:4318/base/v1/metrics'),
    },
    code: { exporterEndpoint: 'http://code:1' },
    codeGives: { traces: otlp('http://code:1/v1/traces'), metrics: otlp('http://code:1/v1/metrics') },
  },
  {
    says: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is taken as it is',
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:4318',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:1/custom/path',
    },
    gives: { traces: otlp('http://traces:1/custom/path'), metrics: otlp('http://env:4318/v1/metrics') },
    code: { exporterEndpoint: 'http://code:1' },
    codeGives: { traces: otlp('http://code:1/v1/traces') },
  },
  {
    says: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is taken as it is',
    env: { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://metrics:1/' },
    gives: { traces: otlp('http://localhost:4318/v1/traces'), metrics: otlp('http://metrics:1/') },
    code: { exporterEndpoint: 'http://code:1' },
    codeGives: { metrics: otlp('http://code:1/v1/metrics') },
  },
  {
    says: 'OTEL_TRACES_EXPORTER=none turns traces off',
    env: { OTEL_TRACES_EXPORTER: 'none' },
    gives: { traces: { kind: 'none' }, metrics: otlp('http://localhost:4318/v1/metrics') },
    code: { exporterType: 'console' },
    codeGives: { traces: { kind: 'console' } },
  },
  {
    says: 'OTEL_METRICS_EXPORTER=console prints metrics',
    env: { OTEL_METRICS_EXPORTER: 'console' },
    gives: { traces: otlp('http://localhost:4318/v1/traces'), metrics: { kind: 'console' } },
    code: { exporterType: 'otlp-http' },
    codeGives: { metrics: otlp('http://localhost:4318/v1/metrics') },
  },
  {
    says: 'OTEL_TRACES_EXPORTER=otlp is the default',
    env: { OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'otlp' },
    gives: { traces: otlp('http://localhost:4318/v1/traces') },
    code: { exporterType: 'none' },
    codeGives: { traces: { kind: 'none' }, metrics: { kind: 'none' } },
  },
  {
    says: 'OTEL_TRACES_SAMPLER=always_off drops all',
    env: { OTEL_TRACES_SAMPLER: 'always_off' },
    gives: { sampler: { parentBased: false, ratio: 0 } },
    code: { samplingRate: 0.5 },
    codeGives: { sampler: { parentBased: true, ratio: 0.5 } },
  },
  {
    says: 'OTEL_TRACES_SAMPLER=always_on keeps all',
    env: { OTEL_TRACES_SAMPLER: 'always_on', OTEL_TRACES_SAMPLER_ARG: '0.1' },
    gives: { sampler: { parentBased: false, ratio: 1 } },
  },
  {
    says: 'OTEL_TRACES_SAMPLER=traceidratio takes its argument',
    env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
    gives: { sampler: { parentBased: false, ratio: 0.25 } },
  },
  {
    says: 'OTEL_TRACES_SAMPLER=parentbased_traceidratio takes its argument',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
    gives: { sampler: { parentBased: true, ratio: 0 } },
    code: { samplingRate: 1 },
    codeGives: { sampler: { parentBased: true, ratio: 1 } },
  },
  {
    says: 'OTEL_TRACES_SAMPLER=parentbased_traceidratio without an argument keeps all',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' },
    gives: { sampler: { parentBased: true, ratio: 1 } },
  },
  {
    says: 'OTEL_TRACES_SAMPLER=parentbased_always_on keeps all',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_always_on' },
    gives: { sampler: { parentBased: true, ratio: 1 } },
  },
  {
    says: 'OTEL_TRACES_SAMPLER=parentbased_always_off drops what no parent keeps',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
    gives: { sampler: { parentBased: true, ratio: 0 } },
  },
  {
    says: 'OTEL_TRACES_SAMPLER_ARG alone says nothing',
    env: { OTEL_TRACES_SAMPLER_ARG: '0.25' },
    gives: { sampler: { parentBased: true, ratio: 1 } },
  },
  {
    says: 'OTEL_PROPAGATORS names the propagators',
    env: { OTEL_PROPAGATORS: ' tracecontext ' },
    gives: { propagators: ['tracecontext'] },
  },
  {
    says: 'OTEL_PROPAGATORS=none means none',
    env: { OTEL_PROPAGATORS: 'none' },
    gives: { propagators: [] },
  },
  {
    says: 'OTEL_METRIC_EXPORT_INTERVAL is the export interval',
    env: { OTEL_METRIC_EXPORT_INTERVAL: '1500' },
    gives: { metricExportIntervalMs: 1500 },
    code: { metricExportIntervalMs: 99 },
    codeGives: { metricExportIntervalMs: 99 },
  },
  {
    says: 'OTEL_BSP_SCHEDULE_DELAY is the batch timeout',
    env: { OTEL_BSP_SCHEDULE_DELAY: '150' },
    gives: { batchTimeoutMs: 150 },
    code: { batchTimeoutMs: 99 },
    codeGives: { batchTimeoutMs: 99 },
  },
  {
    says: 'OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN=logs/dup leaves exceptions on their spans',
    env: { OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: 'logs/dup' },
    gives: { exceptionEvents: true },
  },
  {
    says: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE is read in any case',
    env: { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: ' Delta ' },
    gives: { temporality: 'delta' },
  },
  {
    says: 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT is stronger than OTEL_ATTRIBUTE_COUNT_LIMIT',
    env: {
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '64',
      OTEL_ATTRIBUTE_COUNT_LIMIT: '32',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '100',
    },
    gives: { spanLimits: { attributeCountLimit: 64, attributeValueLengthLimit: 100, linkCountLimit: 128 } },
  },
  {
    says: 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT is stronger than OTEL_EXPORTER_OTLP_TIMEOUT',
    env: { OTEL_EXPORTER_OTLP_TIMEOUT: '500', OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '700' },
    gives: { traces: { timeoutMs: 700 }, metrics: { timeoutMs: 500 } },
  },
  {
    says: 'OTEL_BSP_MAX_QUEUE_SIZE and OTEL_BSP_MAX_EXPORT_BATCH_SIZE bound the queue',
    env: { OTEL_BSP_MAX_QUEUE_SIZE: '10', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5' },
    gives: { maxQueueSize: 10, maxExportBatchSize: 5 },
  },
];

describe.each(VARIABLES)('$says', ({ env, gives, code, codeGives }) => {
  test('without a word from the code', () => {
    const { resolved, warnings } = resolve({}, env);
    expect(resolved).toMatchObject(gives);
    expect(warnings).toEqual([]);
  });

  if (code !== undefined) {
    test('and the code wins', () => {
      const { resolved, warnings } = resolve(code, env);
      expect(resolved).toMatchObject(codeGives as object);
      expect(warnings).toEqual([]);
    });
  }
});

describe('OTEL_SDK_DISABLED', () => {
  test.each(['true', 'TRUE', ' true '])('%j turns everything off, whatever the code says', (value) => {
    const { resolved } = resolve(
      { exporterType: 'console', exporterEndpoint: 'http://code:1' },
      { OTEL_SDK_DISABLED: value },
    );
    expect(resolved).toMatchObject({ traces: { kind: 'none' }, metrics: { kind: 'none' } });
  });

  test.each(['false', 'False', ''])('%j leaves everything on', (value) => {
    expect(resolve({}, { OTEL_SDK_DISABLED: value })).toEqual(resolve());
  });
});

test('OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN=logs takes exceptions off their spans, and that is said', () => {
  const { resolved, warnings } = resolve({}, { OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: 'logs' });
  expect(resolved.exceptionEvents).toBe(false);
  expect(warnings).toEqual([
    'OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN=logs: exceptions are recorded by their class alone, without span events; ' +
      'there are no logs',
  ]);
});

describe('a wrong value in the environment is said and ignored', () => {
  const WRONG: [name: string, value: string, takes: string, more?: Environment][] = [
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318', 'an http(s) URL'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://localhost:4317', 'an http(s) URL'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://', 'an http(s) URL'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'nowhere', 'an http(s) URL'],
    ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'nowhere', 'an http(s) URL'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', "'http/json' or 'http/protobuf' (OTLP is sent as http/json)"],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http/xml', "'http/json' or 'http/protobuf' (OTLP is sent as http/json)"],
    ['OTEL_SDK_DISABLED', 'yes', "'true' or 'false'"],
    ['OTEL_TRACES_EXPORTER', 'zipkin', 'otlp, console or none'],
    ['OTEL_TRACES_EXPORTER', 'toString', 'otlp, console or none'],
    ['OTEL_METRICS_EXPORTER', 'otlp,console', 'otlp, console or none'],
    [
      'OTEL_TRACES_SAMPLER',
      'jaeger_remote',
      'one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio',
    ],
    [
      'OTEL_TRACES_SAMPLER_ARG',
      '1.5',
      'a number from 0 to 1',
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' },
    ],
    [
      'OTEL_TRACES_SAMPLER_ARG',
      'half',
      'a number from 0 to 1',
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' },
    ],
    ['OTEL_PROPAGATORS', 'tracecontext,b3', 'a list of tracecontext and baggage, or none'],
    ['OTEL_METRIC_EXPORT_INTERVAL', '0', MILLIS],
    ['OTEL_METRIC_EXPORT_INTERVAL', '1m', MILLIS],
    ['OTEL_BSP_SCHEDULE_DELAY', '-5', MILLIS],
    ['MCP_SESSIONSCOPE_EXPORTER_TYPE', 'otlp', "one of 'otlp-http', 'console', 'file', 'none'"],
    ['MCP_SESSIONSCOPE_ENABLE_TRACING', '1', 'true or false'],
    ['MCP_SESSIONSCOPE_SHUTDOWN_TIMEOUT_MS', '0', MILLIS],
    ['MCP_SESSIONSCOPE_MAX_ATTRIBUTE_LENGTH', '15', 'a whole number from 16 to 1048576'],
    ['MCP_SESSIONSCOPE_SESSION_SCOPE', 'Client', "one of 'process', 'client'"],
    [
      'MCP_SESSIONSCOPE_TRUST_PROXY',
      'everybody',
      'a number of hops from 0 to 32 (1 behind one proxy), or addresses, CIDR ranges, loopback, linklocal or uniquelocal',
    ],
    ['OTEL_BSP_MAX_QUEUE_SIZE', 'many', 'a whole number of spans above 0'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '0.5', 'a whole number of spans above 0'],
    ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '1e99', 'a whole number of spans above 0'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s', 'a number of milliseconds above 0'],
    ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', '-1', 'a number of milliseconds above 0'],
    ['OTEL_EXPORTER_OTLP_METRICS_TIMEOUT', 'soon', 'a number of milliseconds above 0'],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd', 'gzip or none'],
    ['OTEL_EXPORTER_OTLP_TRACES_COMPRESSION', 'GZIP', 'gzip or none'],
    ['OTEL_EXPORTER_OTLP_METRICS_COMPRESSION', 'yes', 'gzip or none'],
    ['OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN', 'spans', "'logs' or 'logs/dup'"],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '2147483648', 'a number of milliseconds above 0'],
    ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'differences', 'cumulative, delta or lowmemory'],
    ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', '-1', 'a whole number from 0'],
    ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'long', 'a whole number from 0'],
    ['OTEL_SPAN_EVENT_COUNT_LIMIT', '1.5', 'a whole number from 0'],
  ];

  test.each(['', 'TRACES_', 'METRICS_'])(
    'OTEL_EXPORTER_OTLP_%sHEADERS, whose value is never shown',
    (signal) => {
      const name = `OTEL_EXPORTER_OTLP_${signal}HEADERS`;
      const { warnings } = resolve({}, { [name]: 'hunter2' });
      expect(warnings).toEqual([`${name} is ignored in part: its part 1 is no key=value that can be used`]);
      expect(resolve({}, { [name]: 'authorization=Bearer%20x==, team=a,' }).warnings).toEqual([]);
    },
  );

  test.each(WRONG)('%s=%s', (name, value, takes, more = {}) => {
    const { resolved, warnings } = resolve({}, { [name]: value, ...more });
    expect(warnings).toEqual([`${name} is ignored: it takes ${takes}, got '${value}'`]);
    expect(resolved).toEqual(resolve().resolved);
  });

  test('and a wrong value does not take a good base away', () => {
    const { resolved } = resolve(
      {},
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:1', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'nowhere' },
    );
    expect(resolved.traces).toMatchObject({ url: 'http://env:1/v1/traces' });
  });

  test('at no more than 80 characters, and without credentials', () => {
    const { warnings } = resolve(
      {},
      {
        OTEL_TRACES_EXPORTER: 'x'.repeat(500),
        OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://user:hunter2@collector:4317',
      },
    );
    expect(warnings.join('\n')).not.toMatch(/x{81}|hunter2/);
    expect(warnings).toHaveLength(2);
  });
});

test("what the application's own SDK reads is not said to be wrong where its providers are given", () => {
  const provider = { getTracer: () => undefined } as unknown as TelemetryConfig['tracerProvider'];
  const { warnings } = resolve(
    { tracerProvider: provider },
    {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_TRACES_EXPORTER: 'zipkin',
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
      OTEL_PROPAGATORS: 'b3',
      OTEL_SDK_DISABLED: 'perhaps',
      MCP_SESSIONSCOPE_INFER_SESSIONS: 'perhaps',
    },
  );
  expect(warnings).toEqual([
    "OTEL_SDK_DISABLED is ignored: it takes 'true' or 'false', got 'perhaps'",
    "MCP_SESSIONSCOPE_INFER_SESSIONS is ignored: it takes true or false, got 'perhaps'",
  ]);
});

test('a secret that is too short is ignored, and is not shown', () => {
  const { resolved, warnings } = resolve({}, { MCP_SESSIONSCOPE_SESSION_SECRET: 'hunter2' });
  expect(resolved).not.toHaveProperty('sessionSecret');
  expect(warnings).toEqual([
    'MCP_SESSIONSCOPE_SESSION_SECRET is ignored: it takes a text of at least 16 characters, got 7 characters',
  ]);
});

test('MCP_SESSIONSCOPE_EXPORTER_TYPE=file does not make a folder of the URL that the code has', () => {
  const { resolved } = resolve(
    { exporterEndpoint: 'http://code:1' },
    { MCP_SESSIONSCOPE_EXPORTER_TYPE: 'file' },
  );
  expect(resolved.traces).toEqual({ kind: 'file', dir: undefined });
});

test('every option that one text can say has a variable of its name, or one of OpenTelemetry', () => {
  const SEVERAL = ['exporterEndpoint', 'samplingRate'];
  const flat = Object.entries(DEFAULTS).filter(([option]) => !SEVERAL.includes(option));
  expect(Object.keys(OPTION_VARIABLES)).toEqual(expect.arrayContaining(flat.map(([option]) => option)));
  for (const [option, { name }] of Object.entries(OPTION_VARIABLES)) {
    if (name.startsWith('OTEL_')) continue;
    const snake = option
      .replace(/(?<=[a-z])[A-Z]+/g, (capitals) => `_${capitals}`)
      .replace('_PIIS', '_PII_S');
    expect(name).toBe(`MCP_SESSIONSCOPE_${snake.toUpperCase()}`);
  }
});

test('an empty or blank variable counts as unset', () => {
  const env = Object.fromEntries(
    VARIABLES.flatMap(({ env }) => Object.keys(env).map((name) => [name, '  '])),
  );
  expect(resolve({}, env)).toEqual(resolve());
});
