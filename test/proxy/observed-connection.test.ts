import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { Introduction } from '../../src/proxy/introduction.ts';
import { observeConnection } from '../../src/proxy/observed-connection.ts';
import { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';

let recorded: RecordingFolder;
let manager: TelemetryManager;

beforeEach(() => {
  recorded = recordingFolder();
  manager = new TelemetryManager({ exporterType: 'file', exporterEndpoint: recorded.dir });
});

afterEach(async () => {
  await manager.shutdown();
  recorded.remove();
});

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a client', version: '1' } },
};
const INITIALIZED = {
  jsonrpc: '2.0',
  id: 0,
  result: { protocolVersion: '2025-11-25', serverInfo: { name: 'weather', version: '2.1' } },
};
const LIST = { jsonrpc: '2.0', id: 'list', method: 'tools/list' };
const LISTED = { jsonrpc: '2.0', id: 'list', result: { tools: [{ name: 'forecast', inputSchema: {} }] } };
const CALL = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'forecast', arguments: {} } };
const ANSWER = { jsonrpc: '2.0', id: 1, result: { content: [], isError: true } };

const shown = (): string[] => recorded.spans().map(({ name }) => name);

test('what passes is recorded as requests of one session, under the name that the server tells', async () => {
  const introduction = new Introduction('npx weather');
  const connection = observeConnection(manager, { introduction, transport: {} });
  connection.fromClient(INITIALIZE);
  connection.fromServer(INITIALIZED);
  connection.fromClient(LIST);
  connection.fromServer(LISTED);
  connection.fromClient(CALL);
  connection.fromServer(ANSWER);
  connection.close();
  await manager.shutdown();
  expect(shown()).toEqual([
    'mcp.session start',
    'initialize',
    'tools/list',
    'tools/call forecast',
    'mcp.session end',
  ]);
  const [, , , call, end] = recorded.spans();
  expect(call).toMatchObject({
    attributes: {
      'error.type': 'tool_error',
      'mcp.client.name': 'a client',
      'mcp.client.session.source': 'connection',
    },
    resource: { 'service.name': 'weather', 'service.version': '2.1' },
  });
  expect(end?.attributes).toMatchObject({ 'mcp.client.session.end_reason': 'transport_close' });
});

test('a server that says nothing of itself is called by its provisional name', async () => {
  const introduction = new Introduction('npx weather');
  const connection = observeConnection(manager, { introduction, transport: {} });
  connection.fromClient(CALL);
  connection.fromServer(ANSWER);
  introduction.giveUp();
  connection.close();
  await manager.shutdown();
  expect(recorded.spans()[1]?.resource).toMatchObject({ 'service.name': 'npx weather' });
  expect(recorded.names()[0]).toMatch(/^npx-weather-/);
});

test('the context of the span of a message of the client is given back', () => {
  const introduction = new Introduction('weather');
  const connection = observeConnection(manager, { introduction, transport: {} });
  const ids = [CALL, { ...CALL, id: 2 }].map(
    (message) => trace.getSpanContext(connection.fromClient(message))?.spanId,
  );
  introduction.giveUp();
  expect(new Set(ids).size).toBe(2);
  expect(ids).not.toContain(undefined);
});
