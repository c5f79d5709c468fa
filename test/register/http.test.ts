import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { ensureBuilt } from '../support/built.ts';
import { killChildren, startChild } from '../support/child.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { programFile, REGISTER, toFiles } from './support.ts';

beforeAll(ensureBuilt, 60_000);

let recording: RecordingFolder;
afterEach(() => {
  killChildren();
  recording.remove();
});

const HANDLERS = {
  'v1, a server for each request': `
    import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
    import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
    const handler = async (request, response) => {
      const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
      await withTools(new McpServer({ name: 'weather', version: '1.2.3' })).connect(transport);
      await transport.handleRequest(request, response);
    };`,
  'v2, createMcpHandler': `
    import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
    import { toNodeHandler } from '@modelcontextprotocol/node';
    const handler = toNodeHandler(
      createMcpHandler(() => withTools(new McpServer({ name: 'weather', version: '1.2.3' }))),
    );`,
} as const;

/** Asks itself twice: the first request comes before there is a manager. */
const PROGRAM = `
  import http from 'node:http';
  const withTools = (server) => {
    server.registerTool('greet', { description: 'Greets.' }, async () => ({
      content: [{ type: 'text', text: 'hello' }],
    }));
    return server;
  };
  const listener = http.createServer((request, response) => void handler(request, response));
  listener.listen(0, '127.0.0.1', async () => {
    for (const id of [1, 2]) {
      const answer = await fetch('http://127.0.0.1:' + listener.address().port, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-06-18',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'greet', arguments: {} } }),
      });
      console.log((await answer.text()).includes('hello'));
    }
    listener.close();
    listener.closeAllConnections();
  });`;

test.each(Object.entries(HANDLERS))(
  'over HTTP, the peer of the first request is known: %s',
  async (_, handler) => {
    recording = recordingFolder();
    const exit = await startChild(programFile('server.mjs', handler + PROGRAM), {
      nodeOptions: ['--import', REGISTER],
      env: toFiles(recording),
    }).exited;
    expect(exit).toEqual({ code: 0, signal: null, stdout: 'true\ntrue\n', stderr: '' });
    const calls = recording.spans().filter(({ name }) => name === 'tools/call greet');
    expect(calls.map(({ attributes }) => attributes['client.address'])).toEqual(['127.0.0.1', '127.0.0.1']);
    const sessions = calls.map(({ attributes }) => attributes['mcp.client.session.id']);
    expect(new Set(sessions).size).toBe(1);
  },
);
