import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type OtlpSink, startOtlpSink } from '../../support/otlp-sink.ts';
import { stderrOf } from '../../support/stderr.ts';
import { manage, observe, setEnvironment, shutDownAll } from './support.ts';

let sink: OtlpSink;
const sinks: OtlpSink[] = [];

async function openSink(port?: number): Promise<OtlpSink> {
  const opened = await startOtlpSink(port);
  sinks.push(opened);
  return opened;
}

beforeEach(async () => {
  setEnvironment();
  sink = await openSink();
});
afterEach(async () => {
  for (const each of sinks) each.answer = () => 200;
  await shutDownAll();
  await Promise.all(sinks.splice(0).map((each) => each.close()));
});

const headersOf = (signal: string) =>
  sink.requests.find(({ path }) => path === `/v1/${signal}`)?.headers ?? {};

describe('OTLP over HTTP', () => {
  test('takes both signals to their paths, as JSON', async () => {
    const { echo, telemetry } = await observe({ exporterEndpoint: sink.url });
    await echo();
    await telemetry.forceFlush();
    expect(sink.requests.map(({ path }) => path).sort()).toEqual(['/v1/metrics', '/v1/traces']);
    expect(headersOf('traces')['content-type']).toBe('application/json');
    expect(sink.spans.map(({ name }) => name).sort()).toEqual([
      'initialize',
      'mcp.session start',
      'notifications/initialized',
      'tools/call echo',
    ]);
    expect([...sink.metricNames].sort()).toEqual([
      'mcp.server.client_session.active',
      'mcp.server.operation.active',
      'mcp.server.operation.duration',
      'mcp.server.request.size',
      'mcp.server.response.size',
    ]);
  });

  test('exports spans after batchTimeoutMs and metrics after metricExportIntervalMs, without being asked', async () => {
    const { echo } = await observe({
      exporterEndpoint: sink.url,
      batchTimeoutMs: 10,
      metricExportIntervalMs: 10,
    });
    await echo();
    await sink.until(() => sink.spans.length >= 4 && sink.metricNames.size >= 3);
  });

  test('carries exporterAuth and exporterHeaders with both signals', async () => {
    const { telemetry } = await observe({
      exporterEndpoint: sink.url,
      exporterAuth: { type: 'bearer', token: 'abc' },
      exporterHeaders: { 'x-tenant': 'seven' },
    });
    await telemetry.forceFlush();
    for (const signal of ['traces', 'metrics']) {
      expect(headersOf(signal)).toMatchObject({ authorization: 'Bearer abc', 'x-tenant': 'seven' });
    }
  });

  test('carries the headers of OTEL_EXPORTER_OTLP_HEADERS, unless the code says otherwise', async () => {
    setEnvironment({
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20env,x-env=yes',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-traces=only',
    });
    const { telemetry } = await observe({
      exporterEndpoint: sink.url,
      exporterAuth: { type: 'bearer', token: 'code' },
    });
    await telemetry.forceFlush();
    expect(headersOf('traces')).toMatchObject({
      authorization: 'Bearer code',
      'x-env': 'yes',
      'x-traces': 'only',
    });
    expect(headersOf('metrics')).toMatchObject({ authorization: 'Bearer code', 'x-env': 'yes' });
    expect(headersOf('metrics')).not.toHaveProperty('x-traces');
  });

  test('compresses where OTEL_EXPORTER_OTLP_COMPRESSION asks for gzip', async () => {
    setEnvironment({ OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip', OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });
    const { telemetry } = await observe({});
    await telemetry.forceFlush();
    expect(headersOf('traces')['content-encoding']).toBe('gzip');
    expect(headersOf('metrics')['content-encoding']).toBe('gzip');
    expect(sink.spans.map(({ name }) => name)).toContain('initialize');
  });

  test('takes each signal to the endpoint that the environment names for it', async () => {
    const other = await openSink();
    setEnvironment({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${other.url}/v1/traces`,
    });
    const { telemetry } = await observe({});
    await telemetry.forceFlush();
    expect(other.requests.map(({ path }) => path)).toEqual(['/v1/traces']);
    expect(sink.requests.map(({ path }) => path)).toEqual(['/v1/metrics']);
  });

  test('keeps a base path', async () => {
    const { telemetry } = await observe({ exporterEndpoint: `${sink.url}/otlp/` });
    await telemetry.forceFlush();
    expect(sink.requests.map(({ path }) => path).sort()).toEqual(['/otlp/v1/metrics', '/otlp/v1/traces']);
  });

  test('uses few connections for many batches', async () => {
    const ports = new Set<number>();
    const { telemetry } = await observe({ exporterEndpoint: sink.url });
    for (let batch = 0; batch < 20; batch += 1) {
      telemetry.startActiveSpan(`batch ${batch}`, {}, () => {});
      await telemetry.forceFlush();
    }
    for (const { port } of sink.requests) ports.add(port);
    expect(sink.requests.length).toBeGreaterThanOrEqual(20);
    // Traces and metrics have a connection each.
    expect(ports.size).toBeLessThanOrEqual(2);
  });
});

describe('a collector that answers with an error', () => {
  test.each([429, 502, 503, 504])('%i is asked again, and nothing is lost', async (status) => {
    sink.answer = () => (sink.requests.length <= 2 ? { status, headers: { 'retry-after': '0' } } : 200);
    const { echo, telemetry } = await observe({ exporterEndpoint: sink.url });
    await echo();
    expect(await stderrOf(() => telemetry.forceFlush())).toBe('');
    expect(sink.requests.filter(({ path }) => path === '/v1/traces').length).toBeGreaterThanOrEqual(2);
    expect(sink.spans.map(({ name }) => name)).toContain('tools/call echo');
    expect(sink.metricNames).toContain('mcp.server.operation.duration');
  });

  test.each([
    [400, 'did not take the request (HTTP 400)', ''],
    [401, 'asks for credentials (HTTP 401)', '. Set OTEL_EXPORTER_OTLP_HEADERS, for instance to '],
    [404, 'takes no OTLP at this path (HTTP 404)', '. Name the base of an OTLP/HTTP receiver, such as '],
    [500, 'answered with HTTP 500', '. Look at its log. `npx mcp-sessionscope doctor --endpoint '],
  ])(
    '%i is not asked again; that is said once, with what to do, and the next batch is tried',
    async (status, what, fix) => {
      sink.answer = () => status;
      const { echo, telemetry } = await observe({ exporterEndpoint: sink.url, enableMetrics: false });
      const said = await stderrOf(async () => {
        await telemetry.forceFlush();
        await echo();
        await telemetry.forceFlush();
        sink.answer = () => 200;
        await echo();
        await telemetry.forceFlush();
      });
      expect(sink.requests).toHaveLength(3);
      const target = `${sink.url}/v1/traces`;
      const [failed, works, ...more] = said.trimEnd().split('\n');
      const line = `mcp-sessionscope: cannot export to ${target}: it ${what}; will go on trying, requests are not affected`;
      expect(fix === '' ? failed : failed?.slice(0, line.length + fix.length)).toBe(line + fix);
      expect(works).toBe(`mcp-sessionscope: exporting to ${target} works again; 4 spans were lost`);
      expect(more).toEqual([]);
      expect(sink.spans.map(({ name }) => name)).toEqual(['tools/call echo']);
    },
  );

  test('loses no metrics: the next export repeats them', async () => {
    sink.answer = () => 400;
    const { echo, telemetry } = await observe({ exporterEndpoint: sink.url, enableTracing: false });
    await echo();
    await stderrOf(() => telemetry.forceFlush());
    sink.answer = () => 200;
    const said = await stderrOf(() => telemetry.forceFlush());
    expect(said).toBe(`mcp-sessionscope: exporting to ${sink.url}/v1/metrics works again\n`);
    const calls = sink.points.find(
      ({ metric, attributes }) =>
        metric === 'mcp.server.operation.duration' && attributes['gen_ai.tool.name'] === 'echo',
    );
    expect(calls?.count).toBe(1);
  });
});

describe('a collector that is away', () => {
  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  const refused = (url: string): string => `nothing listens at ${new URL(url).host} (connection refused)`;
  const advice = (url: string): string =>
    `. Start \`npx mcp-sessionscope ui --otlp-port ${new URL(url).port}\` or a collector. ` +
    `To record to files instead: MCP_SESSIONSCOPE_EXPORTER_TYPE=file; in code, exporterType: 'file'; with run and proxy, --dir. \`npx mcp-sessionscope doctor --endpoint ${url}\` says more\n`;

  test('does not make shutdown reject, or last longer than shutdownTimeoutMs', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { echo, telemetry } = await observe({ exporterEndpoint: url, shutdownTimeoutMs: 150 });
    await echo();
    const started = performance.now();
    const said = await stderrOf(() => telemetry.shutdown());
    expect(performance.now() - started).toBeLessThan(2_500);
    expect(said).toBe(
      `mcp-sessionscope: exporting to ${url}/v1/traces ended; 5 spans were lost: ${refused(url)}${advice(url)}`,
    );
  });

  test('does not hold up shutdown at all where it refuses, whether it was tried before or not', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const patient = { exporterEndpoint: url, shutdownTimeoutMs: 60_000 };
    const fresh = await observe(patient);
    const waiting = await observe(patient);
    // Exports that are refused wait for a retry.
    const flushed = waiting.telemetry.forceFlush();
    await delay(100);
    const started = performance.now();
    const said = await stderrOf(async () => {
      await Promise.all([fresh, waiting].map(({ telemetry }) => telemetry.shutdown()));
    });
    expect(performance.now() - started).toBeLessThan(5_000);
    await flushed;
    const line = `mcp-sessionscope: exporting to ${url}/v1/traces ended; 4 spans were lost: ${refused(url)}`;
    expect(said).toBe(`${line}${advice(url)}${line}\n`);
  });

  test('and loses the last values of the metrics, says so where spans do not', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { telemetry } = await observe({ exporterEndpoint: url, enableTracing: false });
    expect(await stderrOf(() => telemetry.shutdown())).toBe(
      `mcp-sessionscope: exporting to ${url}/v1/metrics ended; the last values of the metrics were lost: ${refused(url)}${advice(url)}`,
    );
  });

  test('and loses one span, says so in the singular', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const telemetry = manage({ exporterEndpoint: url });
    telemetry.startActiveSpan('alone', {}, () => {});
    expect(await stderrOf(() => telemetry.shutdown())).toBe(
      `mcp-sessionscope: exporting to ${url}/v1/traces ended; 1 span was lost: ${refused(url)}${advice(url)}`,
    );
  });

  test('is not heard of any more after shutdown, though the exporter may go on trying', async () => {
    sink.answer = () => ({ status: 503, headers: { 'retry-after': '1' } });
    const { telemetry } = await observe({ exporterEndpoint: sink.url, shutdownTimeoutMs: 50 });
    const first = await stderrOf(() => telemetry.shutdown());
    expect(first).toContain('ended; 4 spans may be lost: their delivery was not confirmed in time');
    sink.answer = () => 400;
    const asked = sink.requests.length;
    const later = await stderrOf(() => sink.until(() => sink.requests.length >= asked + 2));
    expect(later).toBe('');
  });

  test('is said with the reason once it has been tried for long enough', async () => {
    setEnvironment({ OTEL_EXPORTER_OTLP_TIMEOUT: '100' });
    const url = `http://127.0.0.1:${await freePort()}`;
    const { telemetry } = await observe({ exporterEndpoint: url, enableMetrics: false });
    expect(await stderrOf(() => telemetry.forceFlush())).toBe(
      `mcp-sessionscope: cannot export to ${url}/v1/traces: ${refused(url)}; will go on trying, requests are not affected${advice(url)}`,
    );
    // The end of the session is lost as well.
    expect(await stderrOf(() => telemetry.shutdown())).toBe(
      `mcp-sessionscope: exporting to ${url}/v1/traces ended; 4 spans were lost: ${refused(url)}\n`,
    );
  });

  test('is reached when it comes back', async () => {
    const broken = createServer((socket) => void socket.destroy()).listen(0, '127.0.0.1');
    await once(broken, 'listening');
    const { port } = broken.address() as AddressInfo;
    const { telemetry } = await observe({
      exporterEndpoint: `http://127.0.0.1:${port}`,
      enableMetrics: false,
    });
    const flushed = telemetry.forceFlush();
    await once(broken, 'connection');
    broken.close();
    await once(broken, 'close');
    const back = await openSink(port);
    await back.until(() => back.spans.some(({ name }) => name === 'initialize'));
    await flushed;
  });

  test('that hangs does not hold up forceFlush either', async () => {
    sink.answer = () => 'hang';
    const { telemetry } = await observe({ exporterEndpoint: sink.url, shutdownTimeoutMs: 100 });
    const started = performance.now();
    await telemetry.forceFlush();
    expect(performance.now() - started).toBeLessThan(2_500);
    await stderrOf(() => telemetry.shutdown());
  });

  test('whose URL holds a password and a key is named without them', async () => {
    sink.answer = () => 403;
    const secret = sink.url.replace('http://', 'http://user:s3cret@');
    const { telemetry } = await observe({
      exporterEndpoint: `${secret}/base?key=s3cret`,
      enableMetrics: false,
    });
    const said = await stderrOf(() => telemetry.shutdown());
    expect(sink.requests[0]).toMatchObject({
      path: '/base/v1/traces?key=s3cret',
      headers: { authorization: `Basic ${btoa('user:s3cret')}` },
    });
    expect(said).toContain(
      `exporting to ${sink.url}/base/v1/traces ended; 4 spans were lost: it does not allow it (HTTP 403)`,
    );
    expect(said).not.toContain('s3cret');
  });
});

describe('the queue', () => {
  test('is bounded; what does not fit is lost, counted, and told when the collector is back', async () => {
    setEnvironment({
      OTEL_BSP_MAX_QUEUE_SIZE: '8',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4',
      OTEL_EXPORTER_OTLP_TIMEOUT: '200',
    });
    sink.answer = () => 'hang';
    const { echo, telemetry } = await observe({ exporterEndpoint: sink.url, enableMetrics: false });
    const said = await stderrOf(async () => {
      for (let i = 0; i < 47; i += 1) await echo();
      await telemetry.forceFlush();
      // Eight spans were under way, and no more than that.
      expect(sink.requests.length).toBeLessThanOrEqual(2);
      sink.answer = () => 200;
      await echo();
      await telemetry.shutdown();
    });
    const target = `${sink.url}/v1/traces`;
    const recorded = 3 + 47 + 1 + 1;
    const lost = recorded - sink.spans.length;
    expect(lost).toBeGreaterThanOrEqual(40);
    const [failed, works, ...more] = said.trimEnd().split('\n');
    const { host } = new URL(sink.url);
    expect(failed).toContain(`cannot export to ${target}: ${host} did not answer in time; will go on trying`);
    // What was sent and never answered may have been taken.
    expect(works).toBe(
      `mcp-sessionscope: exporting to ${target} works again; ${lost - 8} spans were lost, 8 more may be lost`,
    );
    expect(more).toEqual([]);
  });
});
