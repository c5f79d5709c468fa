import { afterEach, expect, test } from '@jest/globals';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { UrlElicitationRequiredError } from '@modelcontextprotocol/sdk/types.js';
import { SpanStatusCode } from '@opentelemetry/api';
import { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { everywhere, failuresIn, viewsOf } from '../explorer/views.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { connectV1 } from '../support/v1.ts';

let folder: RecordingFolder | undefined;
afterEach(() => folder?.remove());

// Error -32042 asks for a step of the user; every view showed it as a failure.
test('an answer that asks the user to open a URL is no failure in any view, though the span says error', async () => {
  folder = recordingFolder();
  const telemetry = new TelemetryManager({
    serverName: 'drive',
    exporterType: 'file',
    exporterEndpoint: folder.dir,
  });
  const server = new McpServer({ name: 'drive', version: '1' });
  let isSignedIn = false;
  server.registerTool('read', {}, async () => {
    if (isSignedIn) return { content: [] };
    const url = 'https://drive.example/sign-in';
    throw new UrlElicitationRequiredError([{ mode: 'url', message: 'Sign in', elicitationId: 'e1', url }]);
  });
  telemetry.instrument(server);
  const { client } = await connectV1(server);
  await expect(client.callTool({ name: 'read' })).rejects.toMatchObject({ code: -32042 });
  isSignedIn = true;
  await client.callTool({ name: 'read' });
  const id = telemetry.activeSessions()[0]?.id;
  await client.close();
  await telemetry.shutdown();

  const asking = folder
    .spans()
    .find(({ attributes }) => attributes['rpc.response.status_code'] === '-32042')!;
  expect(asking.attributes['error.type']).toBe('-32042');
  expect(asking.status.code).toBe(SpanStatusCode.ERROR);

  const lines = folder.lines('traces').map((line) => JSON.stringify(line));
  // Open, with the requests alone to count by, and ended, where the last session span has counted the errors.
  const open = lines.map((line) =>
    line.replace('"mcp.client.session.event","value":{"stringValue":"end"', '"x","value":{"stringValue":""'),
  );
  for (const recorded of [lines, open]) {
    const views = await viewsOf({ 'a.traces.jsonl': recorded }, id);
    expect(failuresIn(views)).toEqual(everywhere(0));
    const calls = views.page.events.filter(({ method }) => method === 'tools/call');
    expect(calls.map(({ status, error }) => [status, error])).toEqual([
      ['url_required', undefined],
      ['ok', undefined],
    ]);
    expect(views.details).toContain('asks the user to open a URL');
    expect(views.markdown).toContain('url_required | asks the user to open a URL |');
    expect(views.session.text).toContain('url_required | asks the user to open a URL');
    expect(views.store.overview({}).totals.errors).toBe(0);
  }
});
