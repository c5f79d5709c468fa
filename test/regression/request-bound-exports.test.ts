import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TelemetryManager } from '../../src/index.ts';

// In a worker, what a request has begun ends with it. A flush that waited for the exports of other requests waited for ever,
// or failed: spans were lost, and metrics were not exported again.

const { navigator } = globalThis as { navigator?: object };
let server: Server;
let bodies: string[];
/** Of the request that is not answered. */
let held: ServerResponse | undefined;

beforeEach(async () => {
  bodies = [];
  held = undefined;
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    if (bodies.length === 1) held = response;
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  runOn({ userAgent: 'Cloudflare-Workers' });
});
afterEach(() => {
  held?.end('{}');
  server.closeAllConnections();
  server.close();
  runOn(navigator);
});

function runOn(value: object | undefined): void {
  Object.defineProperty(globalThis, 'navigator', { value, configurable: true });
}

async function end(telemetry: TelemetryManager): Promise<void> {
  held?.end('{}');
  await telemetry.shutdown();
}

const manager = (signals: object) =>
  new TelemetryManager({
    exporterEndpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shutdownTimeoutMs: 60_000,
    ...signals,
  });

test('a flush sends the spans of its request, while the export of another request has no answer', async () => {
  const telemetry = manager({ enableMetrics: false });
  telemetry.startActiveSpan('first', {}, () => {});
  void telemetry.forceFlush();
  await turn();
  telemetry.startActiveSpan('second', {}, () => {});
  await telemetry.forceFlush();
  expect(bodies.some((body) => body.includes('"second"'))).toBe(true);
  await end(telemetry);
});

test('a flush sends the metrics, while the export of another request has no answer', async () => {
  const telemetry = manager({ enableTracing: false });
  const record = telemetry.getHistogram('app.degrees');
  record(1);
  void telemetry.forceFlush();
  await turn();
  record(2);
  await telemetry.forceFlush();
  expect(bodies.at(-1)).toContain('"count":2');
  await end(telemetry);
});
