import { afterEach, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import type { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import { closeHosts, connectHttp, type Host, statefulV1, statelessV1 } from '../../support/http-v1.ts';
import { clientV2, connectV2, handlerV2, statefulV2 } from '../../support/http-v2.ts';
import { closeRecordings, record } from '../../support/recording.ts';
import { until } from '../../support/until.ts';
import { closeProxies, proxied, rowsOf, sseV1 } from './support.ts';

afterEach(closeProxies);
afterEach(closeHosts);
afterEach(closeRecordings);

/** What a visit needs of the clients of both SDKs. */
interface Visitor {
  callTool(call: { name: string; arguments?: Record<string, unknown> }): Promise<unknown>;
  listTools(): Promise<unknown>;
  getPrompt(prompt: { name: string; arguments: Record<string, string> }): Promise<unknown>;
}

interface Kind {
  name: string;
  serve: (telemetry: TelemetryManager | undefined) => Promise<Host>;
  connect: (url: URL) => Promise<{ client: Visitor; leave: () => Promise<void> }>;
}

const v1 = async (url: URL) => {
  const { client, transport } = await connectHttp(url);
  const leave = async (): Promise<void> => {
    await transport.terminateSession();
    await client.close();
  };
  return { client, leave };
};

const v2 =
  (mode: Parameters<typeof clientV2>[0]): Kind['connect'] =>
  async (url) => {
    const { client, transport } = await connectV2(url, clientV2(mode));
    const leave = async (): Promise<void> => {
      await transport.terminateSession();
      await client.close();
    };
    return { client, leave };
  };

const sse = async (url: URL) => {
  const client = new Client({ name: 'sse-client', version: '1' });
  await client.connect(new SSEClientTransport(url) as Parameters<Client['connect']>[0]);
  return { client, leave: () => client.close() };
};

const KINDS: Kind[] = [
  { name: 'a stateful server of v1', serve: (telemetry) => statefulV1(telemetry), connect: v1 },
  {
    name: 'a stateful server of v1 that answers with JSON',
    serve: (telemetry) => statefulV1(telemetry, { options: { enableJsonResponse: true } }),
    connect: v1,
  },
  { name: 'a stateless server of v1', serve: (telemetry) => statelessV1(telemetry), connect: v1 },
  {
    name: 'a stateless server of v1 that answers with JSON',
    serve: (telemetry) => statelessV1(telemetry, { options: { enableJsonResponse: true } }),
    connect: v1,
  },
  { name: 'a server of v1 with the older transport', serve: (telemetry) => sseV1(telemetry), connect: sse },
  { name: 'a stateful server of v2', serve: (telemetry) => statefulV2(telemetry), connect: v2('legacy') },
  {
    name: 'a server of v2 without sessions',
    serve: (telemetry) => handlerV2(telemetry),
    connect: v2(undefined),
  },
  {
    name: 'a server of v2 whose client finds out',
    serve: (telemetry) => handlerV2(telemetry),
    connect: v2('auto'),
  },
];

async function visit(url: URL, connect: Kind['connect']): Promise<unknown[]> {
  const { client, leave } = await connect(url);
  const answers = [
    await client.listTools(),
    await client.callTool({ name: 'echo', arguments: { text: 'grüße' } }),
    await client.callTool({ name: 'refuse', arguments: {} }),
    await client.callTool({ name: 'fail', arguments: {} }),
    await client.getPrompt({ name: 'greet', arguments: { name: 'Ada' } }),
    await client.getPrompt({ name: 'nobody', arguments: {} }).catch((error: Error) => error.message),
  ];
  await leave();
  return answers;
}

test.each(KINDS)(
  '$name answers as without the proxy, and is recorded as if it was instrumented',
  async (kind) => {
    const direct = await visit((await kind.serve(undefined)).url, kind.connect);
    const instrumented = record();
    const host = await kind.serve(instrumented.telemetry);
    const proxy = await proxied(host.url);
    expect(await visit(proxy.url, kind.connect)).toEqual(direct);
    expect(instrumented.spans().length).toBeGreaterThan(6);
    await until(() => proxy.spans().length >= instrumented.spans().length, 'the same number of spans');
    expect(proxy.rows()).toEqual(rowsOf(instrumented));
    expect(proxy.spans()[0]?.name).toBe('mcp.session start');
  },
);
