import { mkdtempSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';
import { runCli } from '../cli/support.ts';
import { observe, setEnvironment, shutDownAll } from '../sdk/export/support.ts';
import { ensureBuilt } from '../support/built.ts';
import { selfSigned } from '../support/certificates.ts';
import { killChildren, startChild } from '../support/child.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';

const { cert, key } = selfSigned();
const agents = { http: http.globalAgent, https: https.globalAgent };

let sink: OtlpSink;
let dir: string;
const servers: http.Server[] = [];

beforeAll(ensureBuilt, 60_000);
beforeEach(async () => {
  setEnvironment();
  sink = await startOtlpSink();
  dir = mkdtempSync(join(tmpdir(), 'sessionscope-agent-'));
});
afterEach(async () => {
  killChildren();
  await shutDownAll();
  http.globalAgent = agents.http;
  https.globalAgent = agents.https;
  delete https.globalAgent.options.ca;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await sink.close();
  removeFolderSync(dir);
});

async function portOf(server: http.Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A receiver that only those reach who trust its certificate; what it gets is sent on to the sink. */
async function secureReceiver(): Promise<{ url: string; paths: string[] }> {
  const paths: string[] = [];
  const server = https.createServer({ cert, key }, (request, response) => {
    paths.push(request.url as string);
    request.resume().on('end', () => response.end('{}'));
  });
  return { url: `https://localhost:${await portOf(server as unknown as http.Server)}`, paths };
}

/** An agent as libraries make them: a class of its own, which opens every connection somewhere else. */
class Elsewhere extends http.Agent {
  readonly #port: number;
  readonly seen: string[] = [];

  constructor(port: number) {
    super();
    this.#port = port;
  }

  override createConnection(options: any): Duplex {
    this.seen.push(`${options.host}:${options.port}`);
    return connect({ host: '127.0.0.1', port: this.#port });
  }
}

// Everything else in the process went through its proxy, or trusted its authority; our exports did not.
test('exports and the command go through a global agent of the application', async () => {
  const agent = new Elsewhere(Number(new URL(sink.url).port));
  http.globalAgent = agent;
  const { telemetry } = await observe({ exporterEndpoint: 'http://collector.invalid:4318' });
  await telemetry.shutdown();
  expect(sink.spans.map(({ name }) => name)).toContain('initialize');
  expect(new Set(agent.seen)).toEqual(new Set(['collector.invalid:4318']));

  const { code, stdout } = await runCli(['doctor', '--endpoint', 'http://collector.invalid:4318']);
  expect(code).toBe(0);
  expect(stdout).toContain('not tried: requests go through a global agent of this process (Elsewhere)');
});

test('exports trust the authorities that the application gave its global agent', async () => {
  const receiver = await secureReceiver();
  https.globalAgent.options.ca = cert;
  const { telemetry } = await observe({ exporterEndpoint: receiver.url });
  await telemetry.shutdown();
  expect(new Set(receiver.paths)).toEqual(new Set(['/v1/traces', '/v1/metrics']));
});

test('exports trust what NODE_EXTRA_CA_CERTS names, also where OTLP has a client certificate of its own', async () => {
  const receiver = await secureReceiver();
  const files = { ca: join(dir, 'ca.pem'), key: join(dir, 'key.pem') };
  writeFileSync(files.ca, cert);
  writeFileSync(files.key, key);
  const { code, stderr } = await startChild(join(__dirname, '../process/servers/exporting.mjs'), {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: files.ca,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: files.key,
      NODE_EXTRA_CA_CERTS: files.ca,
    },
  }).exited;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(receiver.paths).toContain('/v1/traces');
});

test('an application whose global agent allows one connection does not wait for one of ours', async () => {
  http.globalAgent = new http.Agent({ maxSockets: 1 });
  sink.answer = () => 'hang';
  const { telemetry } = await observe({ exporterEndpoint: sink.url, shutdownTimeoutMs: 10 });
  telemetry.forceFlush().catch(() => {});
  await sink.until(() => sink.requests.length > 0);
  sink.answer = () => 404;
  const status = await new Promise((resolve, reject) => {
    http.get(`${sink.url}/other`, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
  expect(status).toBe(404);
  await telemetry.shutdown();
});
