import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { HttpProxy, type HttpProxyOptions } from '../../../src/proxy/http/http-proxy.ts';
import { Introduction } from '../../../src/proxy/introduction.ts';
import type { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import { type Host, listen } from '../../support/http-v1.ts';
import { type Recording, record } from '../../support/recording.ts';
import { v1Server } from '../../support/v1.ts';

export interface Proxied extends Recording {
  url: URL;
  /** What it said on stderr. */
  said: string[];
  /** Names and what tells of a session, sorted: spans that start within a millisecond have no order. */
  rows(): string[];
}

const opened: HttpProxy[] = [];

/** Call in `afterEach`: closes what `proxied` opened. */
export async function closeProxies(): Promise<void> {
  await Promise.all(opened.splice(0).map((proxy) => proxy.close()));
}

/** The proxy in front of a server, with a recording of its own. */
export async function proxied(target: URL, options: Partial<HttpProxyOptions> = {}): Promise<Proxied> {
  const recording = record();
  const said: string[] = [];
  const proxy = new HttpProxy({
    target,
    manager: recording.telemetry,
    introduction: new Introduction(target.host),
    keepsHost: false,
    isLocal: true,
    say: (text) => said.push(text),
    ...options,
  });
  opened.push(proxy);
  proxy.server.listen(0, '127.0.0.1');
  await once(proxy.server, 'listening');
  const { port } = proxy.server.address() as AddressInfo;
  return {
    ...recording,
    url: new URL(`http://127.0.0.1:${port}${target.pathname}`),
    said,
    rows: () => rowsOf(recording),
  };
}

const TOLD = [
  'mcp.client.session.source',
  'mcp.client.name',
  'mcp.protocol.version',
  'mcp.client.session.end_reason',
  'jsonrpc.request.id',
  'error.type',
  'rpc.response.status_code',
  'network.protocol.version',
  'client.address',
];

/** What both an instrumented server and the proxy know. */
export function rowsOf({ spans }: Recording): string[] {
  return spans()
    .map(({ name, kind, attributes }) =>
      JSON.stringify({ name, kind, ...Object.fromEntries(TOLD.map((key) => [key, attributes[key]])) }),
    )
    .sort();
}

/** v1's older transport: a stream for each client, and messages at a path of its own. */
export async function sseV1(telemetry: TelemetryManager | undefined, create = v1Server): Promise<Host> {
  const transports = new Map<string, SSEServerTransport>();
  return listen(async (request, response) => {
    if (request.method === 'GET') {
      const transport = new SSEServerTransport('/messages', response);
      transports.set(transport.sessionId, transport);
      const server = create();
      telemetry?.instrument(server);
      await server.connect(transport as Parameters<typeof server.connect>[0]);
    } else {
      const id = new URL(request.url ?? '', 'http://host').searchParams.get('sessionId');
      await transports.get(id ?? '')?.handlePostMessage(request, response);
    }
  });
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** One request, whatever its target looks like. */
export async function ask(
  url: URL,
  { path = url.pathname, body, ...options }: http.RequestOptions & { body?: string | Buffer } = {},
): Promise<Answer> {
  const sent = http.request({ host: url.hostname, port: url.port, path, agent: false, ...options });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() };
}

export const JSON_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
