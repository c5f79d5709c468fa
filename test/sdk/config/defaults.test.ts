import { describe, expect, test } from '@jest/globals';
import { resolve, SENT } from './support.ts';

describe('without a word from code or environment', () => {
  test('every option has its documented default', () => {
    const { resolved, warnings } = resolve();
    expect(resolved).toEqual({
      disabled: false,
      named: { traces: 'nobody', metrics: 'nobody' },
      traces: { kind: 'otlp-http', url: 'http://localhost:4318/v1/traces', headers: {}, ...SENT },
      metrics: { kind: 'otlp-http', url: 'http://localhost:4318/v1/metrics', headers: {}, ...SENT },
      sampler: { parentBased: true, ratio: 1 },
      metricExportIntervalMs: 60_000,
      batchTimeoutMs: 2_000,
      shutdownTimeoutMs: 3_000,
      exitDelivery: true,
      enableTracing: true,
      enableMetrics: true,
      enableArgumentCollection: false,
      enableResultCollection: false,
      enableErrorTextCollection: true,
      enablePIISanitization: true,
      dataProcessors: [],
      maxAttributeLength: 4_096,
      sessionScope: 'process',
      inferSessions: true,
      trustProxy: { hops: 0 },
      readConversationIds: true,
      propagateToClient: true,
      propagateToServer: true,
      resourceUriInSpanName: false,
      sessionIdleTimeoutMs: 1_800_000,
      sessionUpdateIntervalMs: 60_000,
      metricSessionId: true,
      resourceAttributes: {},
      environmentAttributes: {},
      temporality: 'cumulative',
      spanLimits: {
        attributeValueLengthLimit: Number.POSITIVE_INFINITY,
        attributeCountLimit: 128,
        linkCountLimit: 128,
        eventCountLimit: 128,
        attributePerEventCountLimit: 128,
        attributePerLinkCountLimit: 128,
      },
      propagators: ['tracecontext', 'baggage'],
      exceptionEvents: true,
      maxQueueSize: 2_048,
      maxExportBatchSize: 512,
    });
    expect(warnings).toEqual([]);
  });

  test('names, hooks and providers are nobody’s', () => {
    const { resolved } = resolve();
    for (const option of [
      'serverName',
      'serverVersion',
      'sessionKey',
      'sessionSecret',
      'identifyUser',
      'tracerProvider',
      'meterProvider',
      'propagator',
    ]) {
      expect(resolved).not.toHaveProperty(option);
    }
  });

  test('an option that is undefined counts as left out', () => {
    const options = Object.fromEntries(Object.keys(resolve().resolved).map((name) => [name, undefined]));
    const {
      disabled: _d,
      named: _,
      traces: _t,
      metrics: _m,
      sampler: _s,
      propagators: _p,
      exceptionEvents: _x,
      environmentAttributes: _ea,
      temporality: _te,
      spanLimits: _sl,
      ...rest
    } = options;
    const { maxQueueSize: _q, maxExportBatchSize: _b, ...undefinedOptions } = rest;
    expect(resolve({ ...undefinedOptions, serverName: undefined } as object)).toEqual(resolve());
  });
});

test('the configuration cannot be changed once it is made', () => {
  expect(Object.isFrozen(resolve().resolved)).toBe(true);
});

test('what the caller does to its options later has no effect', () => {
  const options = { serverName: 'before', resourceAttributes: { team: 'a' }, exporterHeaders: { key: 'a' } };
  const { resolved } = resolve(options);
  options.serverName = 'after';
  options.exporterHeaders.key = 'b';
  expect(resolved.serverName).toBe('before');
  expect(resolved.traces).toMatchObject({ headers: { key: 'a' } });
});
