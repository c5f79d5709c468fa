import { afterEach, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { closeRecordings, record } from '../support/recording.ts';
import { Random } from '../support/redaction/random.ts';
import { connectV1, v1Server } from '../support/v1.ts';

afterEach(closeRecordings);

const KEY = `ghp_${new Random(7).alnum(36)}`;

// Capture of arguments and results is off: what a client writes elsewhere, and what an error is called, is recorded.
async function traffic(config = {}) {
  const recording = record(config);
  const server = v1Server();
  server.registerTool('named', {}, async () => {
    throw Object.assign(new Error('no'), { name: `Failure of ${KEY}` });
  });
  recording.telemetry.instrument(server);
  const pair = await connectV1(server, new Client({ name: `client ${KEY}`, version: KEY }));
  const { client, clientTransport } = pair;
  await client.callTool({ name: 'named' });
  await client.callTool({ name: `tool ${KEY}` }).catch(() => {});
  await client.getPrompt({ name: `prompt ${KEY}` }).catch(() => {});
  await client.readResource({ uri: `note://1?key=${KEY}&code=4%2Fabcdefgh` }).catch(() => {});
  await client.readResource({ uri: 'https://jane:hunter2@example.com/x?code=0123456789ab' }).catch(() => {});
  await clientTransport.send({ jsonrpc: '2.0', id: `id-${KEY}`, method: 'ping' });
  await clientTransport.send({ jsonrpc: '2.0', id: 'odd', method: `method/${KEY}` });
  await client.ping();
  return { ...recording, ...pair };
}

test('names, ids and URIs that others chose are redacted though no capture is on, on data points too', async () => {
  const { spans, points } = await traffic();
  const recorded = spans().map(({ name, attributes, events, status }) => [name, attributes, events, status]);
  const all = JSON.stringify([recorded, await points()]);
  for (const secret of [KEY, '4%2Fabcdefgh', 'hunter2', '0123456789ab']) expect(all).not.toContain(secret);
  const attribute = (name: string) => spans().map(({ attributes }) => attributes[name]);
  expect(attribute('gen_ai.tool.name')).toContain('tool [REDACTED:api-key]');
  expect(attribute('gen_ai.prompt.name')).toContain('prompt [REDACTED:api-key]');
  expect(attribute('exception.type')).toContain('Failure of [REDACTED:api-key]');
  expect(attribute('mcp.client.name')).toContain('client [REDACTED:api-key]');
  expect(attribute('mcp.method.name')).toContain('method/[REDACTED:api-key]');
  expect(attribute('jsonrpc.request.id')).toContain('id-[REDACTED:api-key]');
  expect(attribute('mcp.resource.uri')).toContain('note://1?key=[REDACTED]&code=[REDACTED]');
});

test('without redaction they are recorded as they are', async () => {
  const { spans } = await traffic({ enablePIISanitization: false });
  const recorded = JSON.stringify(spans().map(({ attributes }) => attributes));
  for (const text of [`tool ${KEY}`, `id-${KEY}`, `Failure of ${KEY}`]) expect(recorded).toContain(text);
});
