import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';
import { manage, setEnvironment, shutDownAll } from '../../sdk/export/support.ts';
import { type OtlpSink, startOtlpSink } from '../../support/otlp-sink.ts';
import { recipe } from '../blocks.ts';

const SECRETS = {
  HONEYCOMB_API_KEY: 'hcaik_01',
  GRAFANA_INSTANCE_ID: '123456',
  GRAFANA_TOKEN: 'glc_eyJv+/Ij==',
  NEW_RELIC_LICENSE_KEY: 'eu01xxNRAL',
  LANGFUSE_PUBLIC_KEY: 'pk-lf-1',
  LANGFUSE_SECRET_KEY: 'sk-lf-2??>',
  SENTRY_PUBLIC_KEY: 'a785682ddda719b7a8a4011110d75598',
};
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

/** What each service's document asks for. */
const SERVICES = [
  {
    name: 'Datadog',
    option: 'datadog',
    origin: 'http://localhost:4318',
    paths: ['/v1/metrics', '/v1/traces'],
    headers: {},
  },
  {
    name: 'Honeycomb',
    option: 'honeycomb',
    origin: 'https://api.honeycomb.io',
    paths: ['/v1/metrics', '/v1/traces'],
    headers: { 'x-honeycomb-team': 'hcaik_01' },
  },
  {
    name: 'Grafana Cloud',
    option: 'grafanaCloud',
    origin: 'https://otlp-gateway-prod-eu-west-2.grafana.net',
    paths: ['/otlp/v1/metrics', '/otlp/v1/traces'],
    headers: { authorization: basic('123456:glc_eyJv+/Ij==') },
  },
  {
    name: 'New Relic',
    option: 'newRelic',
    origin: 'https://otlp.nr-data.net',
    paths: ['/v1/metrics', '/v1/traces'],
    headers: { 'api-key': 'eu01xxNRAL' },
  },
  {
    name: 'Langfuse',
    option: 'langfuse',
    origin: 'https://cloud.langfuse.com',
    paths: ['/api/public/otel/v1/traces'],
    headers: { authorization: basic('pk-lf-1:sk-lf-2??>'), 'x-langfuse-ingestion-version': '4' },
  },
  {
    name: 'Sentry',
    option: 'sentry',
    origin: 'https://o1.ingest.sentry.io',
    paths: ['/api/2/integration/otlp/v1/traces'],
    headers: { 'x-sentry-auth': 'sentry sentry_key=a785682ddda719b7a8a4011110d75598' },
  },
];

let sink: OtlpSink;
beforeEach(async () => {
  sink = await startOtlpSink();
});
afterEach(async () => {
  await shutDownAll();
  setEnvironment();
  await sink.close();
});

describe.each(SERVICES)(
  '$name gets what its document asks for',
  ({ name, option, origin, paths, headers }) => {
    test('from the environment variables', async () => {
      const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...others } = exported(recipe('sh', `# ${name}`));
      setEnvironment({ ...others, OTEL_EXPORTER_OTLP_ENDPOINT: redirected(endpoint) });
      await send({});
      expect(sent()).toEqual(paths);
    });

    test('from the options', async () => {
      setEnvironment();
      const { exporterEndpoint, ...others } = options()[option] as TelemetryConfig;
      await send({ ...others, exporterEndpoint: redirected(exporterEndpoint) });
      expect(sent()).toEqual(paths);
    });

    function redirected(endpoint = ''): string {
      expect(endpoint.startsWith(origin)).toBe(true);
      return endpoint.replace(origin, sink.url);
    }

    function sent(): string[] {
      for (const request of sink.requests) expect(request.headers).toMatchObject(headers);
      return [...new Set(sink.requests.map(({ path }) => path))].sort();
    }
  },
);

test('New Relic gets sums since the last export', async () => {
  const { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: preference = '' } = exported(
    recipe('sh', '# New Relic'),
  );
  setEnvironment({ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: preference });
  await send({ exporterEndpoint: sink.url });
  const bodies = sink.requests.filter(({ path }) => path === '/v1/metrics').map(({ body }) => body);
  expect(bodies.join('')).toContain('"aggregationTemporality":1');
});

/** One span and one data point, through the exporter. */
async function send(config: TelemetryConfig): Promise<void> {
  const telemetry = manage(config);
  telemetry.startActiveSpan('sent', {}, () => {});
  telemetry.getIncrementCounter('sent.count')(1);
  await telemetry.shutdown();
}

/** The variables that a shell has after the block. */
function exported(block: string): Record<string, string> {
  const printed = execFileSync('sh', ['-eu', '-c', `${block}\nenv -0`], {
    env: { PATH: process.env['PATH'], ...SECRETS },
    encoding: 'utf8',
  });
  const variables = printed.split('\0').map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  });
  return Object.fromEntries(variables.filter(([name]) => name.startsWith('OTEL_')));
}

/** The object that the block makes. */
function options(): Record<string, TelemetryConfig> {
  const block = recipe('ts', 'const backends');
  const made = block.slice(block.indexOf('const secret'), block.indexOf('instrumentServer(server'));
  const code = ts.transpile(made, { target: ts.ScriptTarget.ES2022 });
  return new Function('process', `${code}; return backends;`)({ env: SECRETS });
}
