import { afterEach, describe, expect, test } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { otlpLine, otlpSpan, requestSpan, sessionSpan } from '../explorer/support.ts';
import { everywhere, failuresIn, viewsOf } from '../explorer/views.ts';
import { type RecordingFolder, recordingFolder } from '../support/recorded.ts';
import { connectV1, v1Server } from '../support/v1.ts';

const FAILED = { status: { code: 2 } };
const own = { 'mcp.client.session.id': 's' };
const start = sessionSpan('start', 0, 0);

let folder: RecordingFolder | undefined;
afterEach(() => folder?.remove());

// A span of the server's own code that failed with its request was a second failure: one in the row, two in the banner.
describe('a failure is counted once, and by all views alike:', () => {
  test('a span that a tool opened fails with its call', async () => {
    folder = recordingFolder();
    const telemetry = new TelemetryManager({
      serverName: 'bank',
      exporterType: 'file',
      exporterEndpoint: folder.dir,
    });
    const server = v1Server();
    server.registerTool('pay', {}, () =>
      telemetry.startActiveSpan('charge the card', {}, (span) => {
        span.setStatus({ code: SpanStatusCode.ERROR, message: 'declined' });
        throw new Error('declined');
      }),
    );
    telemetry.instrument(server);
    const { client } = await connectV1(server);
    for (let n = 0; n < 3; n += 1) await client.callTool({ name: 'pay' });
    const id = telemetry.activeSessions()[0]?.id;
    await client.close();
    await telemetry.shutdown();
    const lines = folder.lines('traces').map((line) => JSON.stringify(line));
    const views = await viewsOf({ 'a.traces.jsonl': lines }, id);
    expect(views.page.events.filter(({ type }) => type === 'charge the card')).toHaveLength(3);
    expect(failuresIn(views)).toEqual(everywhere(3));
  });

  test('what fails inside of a request that went well is none', async () => {
    const request = requestSpan(10, { 'gen_ai.tool.name': 'pay' });
    const inner = otlpSpan({ at: 11, parent: request.spanId, attributes: own, ...FAILED });
    const asked = requestSpan(12, { 'mcp.method.name': 'sampling/createMessage' }, { kind: 3, ...FAILED });
    const views = await viewsOf({ 'a.traces.jsonl': [otlpLine([start, request, inner, asked])] });
    expect(failuresIn(views)).toEqual(everywhere(0));
    expect(views.page.events.map(({ status }) => status)).toEqual([undefined, 'ok', 'error', 'error']);
  });

  test('a call that was never answered is one, a cancelled one is not', async () => {
    const call = (at: number, type: string) =>
      requestSpan(at, { 'gen_ai.tool.name': 'pay', 'error.type': type }, FAILED);
    const spans = [start, call(10, 'connection_closed'), call(20, 'cancelled'), call(30, 'Boom')];
    // The end counts what was answered.
    const end = sessionSpan('end', 1, 40, { 'mcp.client.session.calls': 3, 'mcp.client.session.errors': 1 });
    for (const recorded of [spans, [...spans, end]]) {
      const views = await viewsOf({ 'a.traces.jsonl': [otlpLine(recorded)] });
      expect(failuresIn(views)).toEqual(everywhere(2));
    }
  });

  test('a failed call of a server that records no sessions is found among the errors too', async () => {
    const attributes = {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'add',
      'error.type': 'tool_error',
    };
    const call = otlpSpan({ name: 'tools/call add', kind: 2, at: 50, lasts: 7, attributes, ...FAILED });
    const views = await viewsOf({ 'a.traces.jsonl': [otlpLine([start, call])] });
    expect(failuresIn(views)).toMatchObject({ findErrors: 1, listTools: 1, row: 0, banner: 0 });
    expect(views.errors.json.errors).toMatchObject([
      {
        sessionId: expect.any(String),
        target: 'add',
        errorType: 'tool_error',
        latencyMs: 7,
        before: null,
        after: null,
      },
    ]);
    expect(views.errors.text).toContain('unknown client | session ');
  });
});
