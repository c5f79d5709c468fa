import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ExportMonitor } from '../../../src/sdk/export/export-monitor.ts';
import { selfSigned } from '../../support/certificates.ts';
import { type OtlpSink, startOtlpSink } from '../../support/otlp-sink.ts';
import { stderrOf } from '../../support/stderr.ts';
import { observe, setEnvironment, shutDownAll } from './support.ts';

let sink: OtlpSink;
beforeEach(async () => {
  setEnvironment();
  sink = await startOtlpSink();
});
afterEach(async () => {
  sink.answer = () => 200;
  await shutDownAll();
  await sink.close();
});

/** The lines of a server that serves three calls, and exports after each. */
async function linesOf(config: object): Promise<string[]> {
  const { echo, telemetry } = await observe(config);
  const said = await stderrOf(async () => {
    for (let calls = 0; calls < 3; calls += 1) {
      await echo();
      await telemetry.forceFlush();
    }
    await telemetry.shutdown();
  });
  return said.trimEnd().split('\n');
}

describe('an answer of 200 that is no success', () => {
  test.each([
    '<!doctype html><title>Welcome</title>',
    '  <html><body>Sign in</body></html>',
    '<?xml version="1.0"?><ok/>',
  ])('is told once, and its spans count as lost: %s', async (body) => {
    sink.answer = () => ({ status: 200, headers: { 'content-type': 'text/html' }, body });
    expect(await linesOf({ exporterEndpoint: sink.url, enableMetrics: false })).toEqual([
      `mcp-sessionscope: cannot export to ${sink.url}/v1/traces: it answered with a web page (HTTP 200); will go on trying, ` +
        'requests are not affected. Name the base of an OTLP/HTTP receiver, such as http://localhost:4318: ' +
        `/v1/traces and /v1/metrics are added to it. \`npx mcp-sessionscope doctor --endpoint ${sink.url}\` says more`,
      `mcp-sessionscope: exporting to ${sink.url}/v1/traces ended; 7 spans were lost: it answered with a web page (HTTP 200)`,
    ]);
  });

  test('is told of a long page too', async () => {
    sink.answer = () => ({ status: 200, body: `<!DOCTYPE html>${'<p>hi'.repeat(50_000)}` });
    const [first] = await linesOf({ exporterEndpoint: sink.url, enableMetrics: false });
    expect(first).toContain('it answered with a web page (HTTP 200)');
  });

  test('is told of metrics too', async () => {
    sink.answer = () => ({ status: 200, body: '<html></html>' });
    const lines = await linesOf({ exporterEndpoint: sink.url, enableTracing: false });
    expect(lines).toEqual([
      expect.stringContaining(
        `cannot export to ${sink.url}/v1/metrics: it answered with a web page (HTTP 200)`,
      ),
    ]);
  });

  test('is told once where it throws spans away, and each one is counted', async () => {
    const partialSuccess = { rejectedSpans: '2', errorMessage: 'quota\nused \u001b[31mup' };
    sink.answer = () => ({ status: 200, body: JSON.stringify({ partialSuccess }) });
    expect(await linesOf({ exporterEndpoint: sink.url, enableMetrics: false })).toEqual([
      `mcp-sessionscope: ${sink.url}/v1/traces took an export and kept only a part of it; 2 spans were lost: ` +
        'the receiver says: quota used  [31mup. Look at the log and the limits of the receiver. ' +
        `\`npx mcp-sessionscope doctor --endpoint ${sink.url}\` says more`,
      `mcp-sessionscope: exporting to ${sink.url}/v1/traces ended; 3 spans were lost: the receiver says: quota used  [31mup`,
    ]);
  });

  test('is told once where it throws data points away', async () => {
    const partialSuccess = { rejectedDataPoints: 1 };
    sink.answer = () => ({ status: 200, body: JSON.stringify({ partialSuccess }) });
    expect(await linesOf({ exporterEndpoint: sink.url, enableTracing: false })).toEqual([
      `mcp-sessionscope: ${sink.url}/v1/metrics took an export and kept only a part of it; 1 data point was lost: ` +
        'the receiver threw it away. Look at the log and the limits of the receiver. ' +
        `\`npx mcp-sessionscope doctor --endpoint ${sink.url}\` says more`,
    ]);
  });

  test.each([
    '{}',
    '',
    '{"partialSuccess":{}}',
    '{"partialSuccess":{"rejectedSpans":"0"}}',
    '{"partialSuccess":null}',
  ])('but for a real one, of which nothing is said: %j', async (body) => {
    sink.answer = () => ({ status: 200, body });
    expect(await linesOf({ exporterEndpoint: sink.url })).toEqual(['']);
  });

  test('is told once where it is other text, without a claim that anything was lost', async () => {
    sink.answer = () => ({ status: 200, body: 'OK' });
    expect(await linesOf({ exporterEndpoint: sink.url, enableMetrics: false })).toEqual([
      `mcp-sessionscope: what is exported to ${sink.url}/v1/traces may not arrive: its answer is not that of an OTLP ` +
        `receiver. Check the address. \`npx mcp-sessionscope doctor --endpoint ${sink.url}\` says more`,
    ]);
  });
});

describe('a mistake in the URL is told in words', () => {
  /** The first line, of a server that makes one export. */
  async function first(exporterEndpoint: string): Promise<string | undefined> {
    setEnvironment({ OTEL_EXPORTER_OTLP_TIMEOUT: '1500' });
    const { telemetry } = await observe({
      exporterEndpoint,
      enableMetrics: false,
      shutdownTimeoutMs: 4_000,
    });
    const said = await stderrOf(() => telemetry.forceFlush());
    await stderrOf(() => telemetry.shutdown());
    return said.split('\n')[0];
  }

  async function secure(): Promise<https.Server> {
    const server = https.createServer(selfSigned()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }
  function closeAll(server: https.Server): void {
    server.closeAllConnections();
    server.close();
  }
  const portOf = (server: https.Server): number => (server.address() as AddressInfo).port;

  test('https:// where plain HTTP is spoken', async () => {
    const said = await first(sink.url.replace('http:', 'https:'));
    expect(said).toContain(
      `${new URL(sink.url).host} does not speak TLS (wrong version number); will go on trying, requests are not affected. ` +
        'If it speaks plain HTTP, use http:// instead of https://.',
    );
  });

  test('http:// where TLS is spoken', async () => {
    const server = await secure();
    const said = await first(`http://127.0.0.1:${portOf(server)}`);
    expect(said).toContain(`closed the connection without an answer`);
    expect(said).toContain('It may want TLS (https://)');
    closeAll(server);
  });

  test('a certificate that signs itself', async () => {
    const server = await secure();
    const said = await first(`https://localhost:${portOf(server)}`);
    expect(said).toContain('is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)');
    expect(said).toContain('OTEL_EXPORTER_OTLP_CERTIFICATE=FILE');
    closeAll(server);
  });

  test('a name that does not exist', async () => {
    expect(await first('http://no-such-host.invalid:4318')).toMatch(
      /(there is no host named|the name) no-such-host\.invalid/,
    );
  });
});

test('at the default endpoint, the shortest command is named', async () => {
  const monitor = new ExportMonitor('http://localhost:4318/v1/traces');
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:4318'), { code: 'ECONNREFUSED' });
  expect(await stderrOf(async () => monitor.failedAgain(new AggregateError([refused])))).toBe(
    'mcp-sessionscope: cannot export to http://localhost:4318/v1/traces: nothing listens at localhost:4318 ' +
      '(connection refused); will go on trying, requests are not affected. Start `npx mcp-sessionscope ui` or a collector. ' +
      "To record to files instead: MCP_SESSIONSCOPE_EXPORTER_TYPE=file; in code, exporterType: 'file'; with run and proxy, --dir. `npx mcp-sessionscope doctor` says more\n",
  );
});
