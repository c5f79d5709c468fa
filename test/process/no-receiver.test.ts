import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { killChildren } from '../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { call, initialize, startServer } from './support.ts';

beforeAll(ensureBuilt, 60_000);
let sink: OtlpSink | undefined;
afterEach(async () => {
  killChildren();
  await sink?.close();
  sink = undefined;
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as import('node:net').AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a server without a receiver says so within three seconds, once, with what to do, and once that it is there', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = startServer({
    hooks: {},
    config: { exporterEndpoint: url, batchTimeoutMs: 10, metricExportIntervalMs: 50 },
  });
  child.send(initialize);
  await child.lines(1);
  const started = performance.now();
  await child.until(() => child.stderr() !== '');
  expect(performance.now() - started).toBeLessThan(3_000);
  const away = expect.stringMatching(
    new RegExp(
      `^mcp-sessionscope: cannot export to ${url}/v1/(traces|metrics): nothing listens at 127\\.0\\.0\\.1:${port} \\(connection refused\\); ` +
        'will go on trying, requests are not affected\\. ' +
        `Start \`npx mcp-sessionscope ui --otlp-port ${port}\` or a collector\\. To record to files instead: MCP_SESSIONSCOPE_EXPORTER_TYPE=file; in code, exporterType: 'file'; with run and proxy, --dir\\. ` +
        `\`npx mcp-sessionscope doctor --endpoint ${url}\` says more$`,
    ),
  );
  sink = await startOtlpSink(port);
  await child.until(() => child.stderr().includes('works again'));
  await sink.until(() =>
    ['initialize', 'mcp.session start'].every((each) => sink?.spans.some(({ name }) => name === each)),
  );
  child.endStdin();
  const { stderr } = await child.exited;
  expect(stderr.trimEnd().split('\n')).toEqual([
    away,
    expect.stringMatching(
      new RegExp(`^mcp-sessionscope: exporting to ${url}/v1/(traces|metrics) works again$`),
    ),
  ]);
}, 20_000);

test('a server without hooks and without exit delivery says that its last spans may be lost, and what waits for them', async () => {
  sink = await startOtlpSink();
  const child = startServer({ config: { exporterEndpoint: sink.url, exitDelivery: false } });
  child.send(initialize, call(1, 'echo', { text: 'hi' }));
  await child.lines(2);
  child.endStdin();
  const { code, stderr } = await child.exited;
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr:
      `mcp-sessionscope: exporting to ${sink.url}/v1/traces ended; 4 spans may be lost: the process ended before their ` +
      'delivery was confirmed. To wait for it, call `installShutdownHooks(telemetry)`, or `await telemetry.shutdown()` ' +
      'before `process.exit()`\n',
  });
});
