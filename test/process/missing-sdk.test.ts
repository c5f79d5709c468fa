import { cpSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { removeFolderSync } from '../../tools/support/remove-folder.ts';
import { built, ensureBuilt } from '../support/built.ts';
import { killChildren, startChild } from '../support/child.ts';

let incomplete: string;

beforeAll(async () => {
  await ensureBuilt();
  incomplete = mkdtempSync(join(__dirname, '../../node_modules/.without-sdk-'));
  for (const name of ['index.cjs', 'load-sdk.cjs']) {
    cpSync(join(dirname(built.cjs), name), join(incomplete, name));
  }
}, 60_000);
afterEach(killChildren);
afterAll(() => removeFolderSync(incomplete));

test.each([
  ['of its own', '{}'],
  ['of the application', "{ tracerProvider: require('@opentelemetry/api').trace.getTracerProvider() }"],
])('a bundle that left the SDK out serves without telemetry %s, and says so', async (_, config) => {
  const script = `
    const { instrumentServer } = require(${JSON.stringify(incomplete)} + '/index.cjs');
    const { Server } = require('@modelcontextprotocol/sdk/server/index.js');
    const { InMemoryTransport } = require('@modelcontextprotocol/sdk/inMemory.js');
    const server = new Server({ name: 's', version: '1' }, { capabilities: {} });
    const telemetry = instrumentServer(server, ${config});
    const [near, far] = InMemoryTransport.createLinkedPair();
    near.onmessage = async (message) => {
      console.log(JSON.stringify(message));
      await telemetry.shutdown();
    };
    server.connect(far).then(() => near.send({ jsonrpc: '2.0', id: 1, method: 'ping' }));`;
  const { code, stdout, stderr } = await startChild('-e', { args: [script] }).exited;
  expect({ code, stdout }).toEqual({ code: 0, stdout: '{"result":{},"jsonrpc":"2.0","id":1}\n' });
  expect(stderr).toMatch(/^mcp-sessionscope: .* failed, the request goes on: Error: Cannot find module/);
});
