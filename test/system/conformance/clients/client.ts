import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

// The client that the framework serves: it calls every tool that it is shown, and answers what it is asked.

const INFO = { name: 'conformance-client', version: '1' };
const CAPABILITIES = { capabilities: { elicitation: { form: { applyDefaults: true } } } };
const answer = async () => ({ action: 'accept' as const, content: {} });

const [sdk = '', receiver = '', url = ''] = process.argv.slice(2);
const client = sdk === 'v1' ? newV1() : newV2();
const telemetry = receiver === 'bare' ? undefined : await observe();
const Transport = (
  sdk === 'v1' ? StreamableHTTPClientTransport : HttpV2
) as typeof StreamableHTTPClientTransport;
await client.connect(new Transport(new URL(url)) as never);
const { tools } = await client.listTools();
for (const { name } of tools) await client.callTool({ name, arguments: { a: 5, b: 3 } });
await client.close();
await telemetry?.shutdown();

function newV1(): Client {
  const made = new Client(INFO, CAPABILITIES);
  made.setRequestHandler(ElicitRequestSchema, answer);
  return made;
}

function newV2(): Client {
  const made = new ClientV2(INFO, CAPABILITIES);
  made.setRequestHandler('elicitation/create', answer);
  return made as unknown as Client;
}

/** With the package as it is published. */
async function observe() {
  const built = new URL('../../../../dist/index.js', import.meta.url).href;
  const { instrumentClient } = (await import(built)) as typeof import('../../../../src/index.ts');
  return instrumentClient(client, { exporterType: 'otlp-http', exporterEndpoint: receiver });
}
