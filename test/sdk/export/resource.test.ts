import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';
import { type OtlpSink, startOtlpSink } from '../../support/otlp-sink.ts';
import { manage, observe, setEnvironment, shutDownAll } from './support.ts';

let sink: OtlpSink;
beforeEach(async () => {
  setEnvironment();
  sink = await startOtlpSink();
});
afterEach(async () => {
  await shutDownAll();
  await sink.close();
});

/** The resource of what a server records; it is the same for both signals. */
async function resourceOf(config: TelemetryConfig = {}): Promise<Record<string, unknown>> {
  const { telemetry } = await observe({ exporterEndpoint: sink.url, ...config });
  await telemetry.forceFlush();
  const resources = [...sink.spans, ...sink.points].map(({ resource }) => JSON.stringify(resource));
  expect(new Set(resources).size).toBe(1);
  return sink.spans[0]?.resource ?? {};
}

describe('the resource', () => {
  test('says who records', async () => {
    const { telemetry } = await observe({ exporterEndpoint: sink.url });
    await telemetry.forceFlush();
    expect(sink.spans[0]?.resource).toEqual({
      'service.name': 'test-server',
      'service.version': '1.2.3',
      'service.instance.id': telemetry.sessionId,
      'host.name': hostname(),
      'process.pid': process.pid,
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.version': '2.12.0',
    });
    expect(sink.points[0]?.resource).toEqual(sink.spans[0]?.resource);
  });

  test('has what resourceAttributes adds', async () => {
    const added = { 'deployment.environment.name': 'test', replicas: 3, canary: false };
    expect(await resourceOf({ resourceAttributes: added })).toMatchObject(added);
  });

  test('has what OTEL_RESOURCE_ATTRIBUTES adds, and resourceAttributes wins', async () => {
    setEnvironment({ OTEL_RESOURCE_ATTRIBUTES: 'team=env,zone=env,service.instance.id=env' });
    const resource = await resourceOf({ resourceAttributes: { team: 'code' } });
    expect(resource).toMatchObject({ team: 'code', zone: 'env' });
    expect(resource['service.instance.id']).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('the name of the service is', () => {
  const SOURCES: [
    what: string,
    env: Record<string, string>,
    config: TelemetryConfig,
    name: string,
    version: string,
  ][] = [
    ['the server’s own', {}, {}, 'test-server', '1.2.3'],
    [
      'that of OTEL_RESOURCE_ATTRIBUTES',
      { OTEL_RESOURCE_ATTRIBUTES: 'service.name=attributes,service.version=9' },
      {},
      'attributes',
      '9',
    ],
    [
      'that of OTEL_SERVICE_NAME before that of OTEL_RESOURCE_ATTRIBUTES',
      { OTEL_RESOURCE_ATTRIBUTES: 'service.name=attributes', OTEL_SERVICE_NAME: 'name' },
      {},
      'name',
      '1.2.3',
    ],
    [
      'that of the code before all of them',
      { OTEL_RESOURCE_ATTRIBUTES: 'service.name=attributes,service.version=9', OTEL_SERVICE_NAME: 'name' },
      { serverName: 'code', serverVersion: '10' },
      'code',
      '10',
    ],
  ];

  test.each(SOURCES)('%s', async (_, env, config, name, version) => {
    setEnvironment(env);
    expect(await resourceOf(config)).toMatchObject({ 'service.name': name, 'service.version': version });
  });

  test('unknown where a manager records before it has a server', async () => {
    const telemetry = manage({ exporterEndpoint: sink.url });
    telemetry.startActiveSpan('early', {}, () => {});
    await telemetry.forceFlush();
    expect(sink.spans[0]?.resource['service.name']).toBe(`unknown_service:${process.argv0}`);
  });
});
