import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Check } from '../../src/cli/doctor/check.ts';
import { readConfiguration } from '../../src/cli/doctor/configuration.ts';
import { examine } from '../../src/cli/doctor/examine.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';
import { setEnvironment } from '../sdk/export/support.ts';
import { type SelfSignedOptions, selfSigned } from '../support/certificates.ts';
import { type OtlpReceiver, startReceiver } from '../support/otlp-receiver.ts';
import { type CliRun, runCli } from './support.ts';

let receiver: OtlpReceiver;
let dir: string;
const servers: Server[] = [];

beforeEach(async () => {
  setEnvironment();
  receiver = await startReceiver();
  dir = mkdtempSync(join(tmpdir(), 'sessionscope-doctor-'));
  chmodSync(dir, 0o700);
});
afterEach(async () => {
  setEnvironment();
  await receiver.close();
  for (const server of servers.splice(0)) server.close();
  removeFolderSync(dir);
});

/** The command with these variables; the exporters read the process's own environment. */
function doctor(argv: string[], env: Record<string, string> = {}): Promise<CliRun> {
  setEnvironment(env);
  return runCli(['doctor', ...argv], { env: { MCP_SESSIONSCOPE_DIR: dir, ...env }, now: Date.now });
}

async function report(argv: string[], env: Record<string, string> = {}): Promise<any> {
  const { code, stdout } = await doctor([...argv, '--json'], env);
  return { code, ...JSON.parse(stdout) };
}

/** The check of the name. */
const named = ({ checks }: any, name: string) => checks.find(({ check }: any) => check === name);
const statuses = ({ checks }: any) =>
  Object.fromEntries(checks.map(({ check, status }: any) => [check, status]));

async function listen<T extends Server>(server: T): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const attributes = (list: any[]) =>
  Object.fromEntries(list.map(({ key, value }) => [key, value.stringValue]));

test('doctor names another instrumentation that records what this package records', async () => {
  const span = (spanId: string) => ({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId,
    kind: 2,
    startTimeUnixNano: '1795179600000000000',
    endTimeUnixNano: '1795179601000000000',
    attributes: [{ key: 'mcp.method.name', value: { stringValue: 'ping' } }],
  });
  const scopes = ['mcp-sessionscope', 'mcp-handler'];
  const scopeSpans = scopes.map((name, i) => ({ scope: { name }, spans: [span(`00f067aa0ba902b${i}`)] }));
  writeFileSync(join(dir, 'a.traces.jsonl'), JSON.stringify({ resourceSpans: [{ scopeSpans }] }));
  const found = named(await report(['--endpoint', receiver.url]), 'double');
  expect(found).toMatchObject({ status: 'warning', detail: expect.stringContaining('by mcp-handler') });
});

describe('doctor, where all is well', () => {
  test('sends a span and a data point of its own name by the real exporters, says so and ends with 0', async () => {
    const { code, stdout, stderr } = await doctor(['--endpoint', receiver.url]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(receiver.requests.map(({ path }) => path)).toEqual(['/v1/traces', '/v1/metrics']);
    const [traces, metrics] = receiver.requests.map(({ body }) => body);
    const [resourceSpans] = traces.resourceSpans;
    expect(attributes(resourceSpans.resource.attributes)['service.name']).toBe('mcp-sessionscope doctor');
    const [span] = resourceSpans.scopeSpans[0].spans;
    expect(span.name).toBe('mcp-sessionscope doctor');
    const [resourceMetrics] = metrics.resourceMetrics;
    expect(attributes(resourceMetrics.resource.attributes)['service.name']).toBe('mcp-sessionscope doctor');
    const [metric] = resourceMetrics.scopeMetrics[0].metrics;
    expect(metric).toMatchObject({
      name: 'mcp_sessionscope.doctor.checks',
      sum: { dataPoints: [{ asDouble: 1 }] },
    });
    expect(stdout).toContain(
      `traces            ${receiver.url}/v1/traces took a test span in trace ${span.traceId}`,
    );
    expect(stdout).toMatch(/^ok {7}metrics/m);
    expect(stdout).toMatch(/^ok {7}recording folder/m);
    expect(stdout.endsWith('All is well.\n')).toBe(true);
  });

  test('takes the endpoint from the environment, each signal its own', async () => {
    const other = await startReceiver();
    const result = await report([], {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${other.url}/api/v1/otlp/v1/metrics`,
    });
    expect(result).toMatchObject({
      code: 0,
      ok: true,
      destinations: {
        traces: `${receiver.url}/v1/traces`,
        metrics: `${other.url}/api/v1/otlp/v1/metrics`,
      },
    });
    expect(receiver.requests.map(({ path }) => path)).toEqual(['/v1/traces']);
    expect(other.requests.map(({ path }) => path)).toEqual(['/api/v1/otlp/v1/metrics']);
    await other.close();
  });

  test.each(['s3cret of all replicas', 's3cret'])('shows nothing of a session secret: %s', async (secret) => {
    const env = { MCP_SESSIONSCOPE_SESSION_SECRET: secret };
    const { stdout, stderr } = await doctor(['--endpoint', receiver.url], env);
    expect(stdout).toContain('MCP_SESSIONSCOPE_SESSION_SECRET');
    expect(stdout + stderr).not.toContain('s3cret');
  });

  test('sends what OTEL_EXPORTER_OTLP_HEADERS holds and shows no secret of it, not even where the receiver does', async () => {
    receiver.answer = ({ headers }) => ({ status: 401, body: `no: ${headers.authorization}` });
    const run = (json: string[]) =>
      doctor(['--endpoint', `${receiver.url}?key=inquery`, ...json], {
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20s3cret-token,x-key=k3y-value',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:passw0rd@host:4318/?token=inurl',
      });
    const [text, json] = [await run([]), await run(['--json'])];
    expect(receiver.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer s3cret-token',
      'x-key': 'k3y-value',
    });
    expect(text.stdout).toContain('OTEL_EXPORTER_OTLP_HEADERS=authorization=…,x-key=…');
    expect(text.stdout).toContain('OTEL_EXPORTER_OTLP_ENDPOINT=http://host:4318\n');
    expect(text.stdout).toContain('(HTTP 401): no: …');
    for (const { stdout, stderr } of [text, json]) {
      expect(stdout + stderr).not.toMatch(/s3cret|k3y-value|passw0rd|inurl|inquery/);
    }
  });
});

describe('doctor names what is wrong with the receiver and what to do', () => {
  test.each([
    [400, {}, 'bad', 'did not take the request (HTTP 400): bad', ''],
    [401, {}, '', 'asks for credentials (HTTP 401)', 'OTEL_EXPORTER_OTLP_HEADERS'],
    [403, {}, '', 'does not allow it (HTTP 403)', 'OTEL_EXPORTER_OTLP_HEADERS'],
    [404, {}, '', 'takes no OTLP at this path (HTTP 404)', 'Name the base of an OTLP/HTTP receiver'],
    [405, {}, '', 'takes no OTLP at this path (HTTP 405)', 'OTEL_TRACES_EXPORTER=none'],
    [415, {}, '', 'does not take OTLP as JSON (HTTP 415)', 'OpenTelemetry Collector'],
    [429, { 'retry-after': '60' }, '', 'is overloaded (HTTP 429)', 'Try again later'],
    [503, { 'retry-after': '60' }, '', 'is not ready', 'Look at its log'],
    [301, { location: 'https://there/v1' }, '', 'redirects to https://there/v1', 'exporters do not follow'],
    [200, { 'content-type': 'text/html' }, '<html>', 'answered with a web page', 'OTLP/HTTP receiver'],
  ])('HTTP %d', async (status, headers, body, what, fix) => {
    receiver.answer = () => ({ status, headers: headers as Record<string, string>, body });
    const result = await report(['--endpoint', receiver.url]);
    expect(result).toMatchObject({ code: 1, ok: false });
    for (const signal of ['traces', 'metrics']) {
      const { status: is, detail, fix: advice } = named(result, signal);
      expect(is).toBe('failed');
      expect(detail).toContain(`${receiver.url}/v1/${signal} ${what}`);
      expect(advice ?? '').toContain(fix);
    }
  });

  test('a receiver that takes one signal only', async () => {
    receiver.answer = ({ path }) => ({ status: path === '/v1/metrics' ? 200 : 404 });
    const result = await report(['--endpoint', receiver.url]);
    expect(statuses(result)).toMatchObject({ traces: 'failed', metrics: 'ok' });
    expect(named(result, 'traces').fix).toContain('OTEL_TRACES_EXPORTER=none');
  });

  test('what it took and threw away, and what it only warns of', async () => {
    const body = { partialSuccess: { rejectedSpans: 1, errorMessage: 'too old' } };
    const warned = { partialSuccess: { errorMessage: 'soon gone' } };
    receiver.answer = ({ path }) => ({ status: 200, body: path === '/v1/traces' ? body : warned });
    const result = await report(['--endpoint', receiver.url]);
    expect(named(result, 'traces')).toMatchObject({ status: 'failed' });
    expect(named(result, 'traces').detail).toContain('took a test span and threw it away: too old');
    expect(named(result, 'metrics')).toMatchObject({ status: 'warning' });
    expect(named(result, 'metrics').detail).toContain('and warns: soon gone');
  });

  test('an answer that is not OTLP', async () => {
    receiver.answer = () => ({ status: 200, body: 'thanks' });
    const result = await report(['--endpoint', receiver.url]);
    expect(result.code).toBe(0);
    expect(named(result, 'traces')).toMatchObject({ status: 'warning' });
    expect(named(result, 'traces').detail).toContain("answered in a way that is not OTLP's");
  });

  test('one that does not answer, within --timeout', async () => {
    receiver.answer = () => 'hold';
    const started = performance.now();
    const result = await report(['--endpoint', receiver.url, '--timeout', '0.5s']);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(named(result, 'traces')).toMatchObject({ status: 'failed' });
    expect(named(result, 'traces').detail).toContain('did not answer in time');
  });

  test('nothing that listens', async () => {
    await receiver.close();
    const result = await report(['--endpoint', receiver.url]);
    expect(statuses(result)).toEqual({
      configuration: 'ok',
      name: 'ok',
      connection: 'failed',
      traces: 'skipped',
      metrics: 'skipped',
      'recording folder': 'ok',
    });
    expect(named(result, 'connection').detail).toContain('(connection refused)');
    expect(named(result, 'connection').fix).toMatch(
      /^Start `npx mcp-sessionscope ui --otlp-port \d+` or a collector\.$/,
    );
  });

  test('that nothing listens does not matter to run and proxy, where no endpoint is set', async () => {
    const unnamed = readConfiguration({ MCP_SESSIONSCOPE_DIR: dir }, undefined);
    await receiver.close();
    const { destinations } = readConfiguration({}, receiver.url);
    const io = { env: { MCP_SESSIONSCOPE_DIR: dir }, homedir: () => dir, now: Date.now } as unknown as CliIo;
    const checks: Check[] = [];
    for await (const check of examine({ ...unnamed, destinations }, 5_000, io)) checks.push(check);
    expect(named({ checks }, 'connection').fix).toMatch(/^Start .*\. `run` and `proxy` do not need it: /);
    expect(named({ checks }, 'recording folder').detail).toContain('`run` and `proxy` record here, unless');
    const asked = await report([], { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    expect(JSON.stringify(asked)).not.toContain('`run` and `proxy`');
  });

  test('a name that nobody has', async () => {
    const result = await report(['--endpoint', 'http://no-such-host.invalid:4318', '--timeout', '5s']);
    expect(statuses(result)).toMatchObject({ name: 'failed', connection: 'skipped', traces: 'skipped' });
    // Without a name server the second is all that can be known.
    expect(named(result, 'name').detail).toMatch(
      /^(there is no host named no-such-host\.invalid|the name no-such-host\.invalid cannot be resolved now)/,
    );
  });

  test('a gRPC port', async () => {
    const port = await listen(http2.createServer() as unknown as Server);
    const result = await report(['--endpoint', `http://127.0.0.1:${port}`, '--timeout', '3s']);
    expect(statuses(result)).toMatchObject({ connection: 'ok', traces: 'failed', metrics: 'failed' });
    expect(named(result, 'traces').fix).toContain('gRPC port');
  });

  test('one that cuts every connection', async () => {
    const port = await listen(createServer((socket) => socket.on('data', () => socket.resetAndDestroy())));
    const result = await report(['--endpoint', `http://127.0.0.1:${port}`, '--timeout', '1s']);
    expect(named(result, 'traces')).toMatchObject({ status: 'failed' });
    expect(named(result, 'traces').detail).toContain('closed the connection without an answer');
  });
});

describe('doctor and TLS', () => {
  /** A receiver with a certificate of its own. */
  async function secure(options?: SelfSignedOptions) {
    const pem = selfSigned(options);
    const paths: string[] = [];
    const server = https.createServer({ cert: pem.cert, key: pem.key }, (request, response) => {
      paths.push(request.url ?? '');
      request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
    });
    server.on('tlsClientError', () => {});
    const port = await listen(server as unknown as Server);
    const ca = join(dir, 'ca.pem');
    writeFileSync(ca, pem.cert);
    return { port, paths, trust: { OTEL_EXPORTER_OTLP_CERTIFICATE: ca } };
  }

  test('a certificate that OTEL_EXPORTER_OTLP_CERTIFICATE names is trusted, by the exporters too', async () => {
    const { port, paths, trust } = await secure();
    const result = await report(['--endpoint', `https://localhost:${port}`], trust);
    expect(result.checks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: 'TLS', status: 'ok' }),
        expect.objectContaining({ check: 'traces', status: 'ok' }),
        expect.objectContaining({ check: 'metrics', status: 'ok' }),
      ]),
    );
    expect(paths).toEqual(['/v1/traces', '/v1/metrics']);
  });

  const day = 86_400_000;
  test.each([
    ['self-signed', {}, false, 'is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)', 'NODE_EXTRA_CA_CERTS=FILE'],
    [
      'expired',
      { from: new Date(Date.now() - 9 * day), until: new Date(Date.now() - day) },
      true,
      'has expired',
      'clock',
    ],
    ['of another name', { names: ['other.example'] }, true, 'is for another name than localhost', 'name'],
  ])('a certificate that is %s', async (_, options, isTrusted, what, fix) => {
    const { port, paths, trust } = await secure(options);
    const result = await report(['--endpoint', `https://localhost:${port}`], isTrusted ? trust : {});
    expect(statuses(result)).toMatchObject({ connection: 'ok', TLS: 'failed', traces: 'skipped' });
    expect(named(result, 'TLS').detail).toContain(what);
    expect(named(result, 'TLS').fix).toContain(fix);
    expect(paths).toEqual([]);
  });

  test('a certificate that ends soon', async () => {
    const { port, trust } = await secure({ until: new Date(Date.now() + 3 * day) });
    const result = await report(['--endpoint', `https://localhost:${port}`], trust);
    expect(result.code).toBe(0);
    expect(named(result, 'TLS')).toMatchObject({ status: 'warning' });
  });

  test('a file that is not there', async () => {
    const { port } = await secure();
    const env = { OTEL_EXPORTER_OTLP_CERTIFICATE: join(dir, 'nothing.pem') };
    const result = await report(['--endpoint', `https://localhost:${port}`], env);
    expect(named(result, 'TLS').detail).toContain('that is named by OTEL_EXPORTER_OTLP_CERTIFICATE');
  });

  test('https:// where plain HTTP is spoken, and the other way round', async () => {
    const plain = await report(['--endpoint', receiver.url.replace('http:', 'https:')]);
    expect(named(plain, 'TLS').detail).toContain('does not speak TLS');
    expect(named(plain, 'TLS').fix).toContain('use http:// instead of https://');
    const { port } = await secure();
    const other = await report(['--endpoint', `http://localhost:${port}`, '--timeout', '2s']);
    expect(named(other, 'traces')).toMatchObject({ status: 'failed' });
    expect(named(other, 'traces').fix).toContain('https://');
  });
});

describe('doctor reads the environment as a server does', () => {
  test('and says which variable may be meant by one that nobody is known to read', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPONT: receiver.url, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const { stdout } = await doctor([], env);
    expect(stdout).toContain("(not known; did you mean 'OTEL_EXPORTER_OTLP_ENDPOINT'?)");
  });

  test('and names what is ignored, and what nobody is known to read', async () => {
    const result = await report([], {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_BSP_MAX_QUEUE_SIZE: 'many',
      OTEL_EXPORTER_OTLP_ENDPOINTS: 'http://a',
    });
    expect(result.code).toBe(1);
    expect(named(result, 'configuration')).toMatchObject({ status: 'failed' });
    expect(named(result, 'configuration').detail).toContain(
      "OTEL_BSP_MAX_QUEUE_SIZE is ignored: it takes a whole number of spans above 0, got 'many'",
    );
    expect(result.variables).toEqual(
      [
        { name: 'OTEL_BSP_MAX_QUEUE_SIZE', value: 'many', use: 'ignored' },
        { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: receiver.url, use: 'read' },
        { name: 'OTEL_EXPORTER_OTLP_ENDPOINTS', value: '…', use: 'unknown' },
        { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', value: 'grpc', use: 'ignored' },
      ]
        .concat({ name: 'MCP_SESSIONSCOPE_DIR', value: dir, use: 'read' })
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    // The rest is looked at all the same.
    expect(statuses(result)).toMatchObject({ traces: 'ok', metrics: 'ok' });
  });

  test('and says that telemetry is off', async () => {
    const off = await report([], { OTEL_SDK_DISABLED: 'true' });
    expect(named(off, 'configuration').detail).toContain('OTEL_SDK_DISABLED is true');
    expect(statuses(off)).toMatchObject({ configuration: 'failed', traces: 'skipped', metrics: 'skipped' });
    const none = await report([], { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' });
    expect(named(none, 'configuration').detail).toContain(
      'turned off: OTEL_TRACES_EXPORTER=none, OTEL_METRICS_EXPORTER=none',
    );
    const unrecorded = await report([], {
      MCP_SESSIONSCOPE_ENABLE_TRACING: 'false',
      MCP_SESSIONSCOPE_ENABLE_METRICS: 'False',
    });
    expect(named(unrecorded, 'configuration').detail).toContain(
      'turned off: MCP_SESSIONSCOPE_ENABLE_TRACING=false, MCP_SESSIONSCOPE_ENABLE_METRICS=false',
    );
    expect(receiver.requests).toEqual([]);
  });

  test('and leaves alone a signal that is off or goes to stderr or files', async () => {
    const result = await report([], {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRICS_EXPORTER: 'none',
    });
    expect(result.code).toBe(0);
    expect(named(result, 'metrics')).toMatchObject({ status: 'skipped', detail: 'turned off' });
    const toStderr = await report([], { OTEL_TRACES_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'console' });
    expect(statuses(toStderr)).toMatchObject({ traces: 'skipped', metrics: 'skipped' });
    expect(named(toStderr, 'traces').detail).toBe('written to stderr, not sent');
    const toFiles = await report([], { MCP_SESSIONSCOPE_EXPORTER_TYPE: 'file', MCP_SESSIONSCOPE_DIR: dir });
    expect(named(toFiles, 'traces').detail).toBe('written to files, not sent');
  });
});

describe('doctor looks at the recording folder', () => {
  const folder = async (value: string) => {
    const argv = ['doctor', '--json', '--endpoint', receiver.url];
    const { code, stdout } = await runCli(argv, { env: { MCP_SESSIONSCOPE_DIR: value }, now: Date.now });
    return { code, ...named(JSON.parse(stdout), 'recording folder') };
  };

  test('that will be made, that others can read, that is none', async () => {
    expect(await folder(join(dir, 'a/b'))).toMatchObject({ code: 0, status: 'ok' });
    chmodSync(dir, 0o755);
    expect(await folder(dir)).toMatchObject({
      code: 0,
      status: 'warning',
      fix: expect.stringContaining('chmod 700'),
    });
    const file = join(dir, 'file');
    writeFileSync(file, '');
    expect(await folder(file)).toMatchObject({
      code: 1,
      status: 'failed',
      detail: `${file} is not a folder`,
    });
    expect(await folder(join(file, 'below'))).toMatchObject({ code: 1, status: 'failed' });
  });

  test('and only warns where nobody named it', async () => {
    const home = join(dir, 'home');
    writeFileSync(home, '');
    const argv = ['doctor', '--json', '--endpoint', receiver.url];
    const { code, stdout } = await runCli(argv, { homedir: () => home, now: Date.now });
    expect(code).toBe(0);
    expect(named(JSON.parse(stdout), 'recording folder')).toMatchObject({ status: 'warning' });
  });
});

test('a wrong endpoint is a wrong question', async () => {
  const { code, stderr } = await doctor(['--endpoint', 'localhost:4318']);
  expect(code).toBe(2);
  expect(stderr).toContain('Give an http(s) URL such as http://localhost:4318');
});
