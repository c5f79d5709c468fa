import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { diag } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { manage, setEnvironment, shutDownAll } from '../sdk/export/support.ts';
import { type OtlpSink, type SinkSpan, startOtlpSink } from '../support/otlp-sink.ts';
import { stderrOf } from '../support/stderr.ts';
import { gate } from '../support/until.ts';
import { connectV1, PaymentError } from '../support/v1.ts';

/** What all copies of the API in a process share; the first one to register anything writes its version. */
const globals = globalThis as unknown as Record<symbol, object | undefined>;
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

let sink: OtlpSink;
beforeEach(async () => {
  setEnvironment();
  sink = await startOtlpSink();
  Reflect.deleteProperty(globalThis, Symbol.for('mcp-sessionscope.said'));
});
afterEach(async () => {
  await shutDownAll();
  globals[REGISTRY] = undefined;
  await sink.close();
});

const one = (name: string): SinkSpan => {
  const found = sink.spans.filter((span) => span.name === name);
  expect(found).toHaveLength(1);
  return found[0] as SinkSpan;
};

/** A server whose tools make spans of their own, fail, and wait to be cancelled. */
async function conversation(): Promise<void> {
  const telemetry = manage({ exporterEndpoint: sink.url });
  const server = new McpServer({ name: 'test-server', version: '1.0.0' });
  server.registerTool('look', {}, () =>
    telemetry.startActiveSpan('outer', {}, async () => {
      await Promise.resolve();
      const request = telemetry.currentRequest();
      expect(request).toMatchObject({ toolName: 'look', traceId: expect.any(String) });
      return telemetry.startActiveSpan('inner', {}, async () => ({ content: [] }));
    }),
  );
  server.registerTool('fail', {}, () => {
    throw new PaymentError('no money');
  });
  const started = gate();
  server.registerTool('wait', {}, ({ signal }) => {
    started.open();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ content: [] }));
    });
  });
  telemetry.instrument(server);
  const { client } = await connectV1(server);
  await client.callTool({ name: 'look' });
  await client.callTool({ name: 'fail' });
  const cancel = new AbortController();
  const cancelled = client.callTool({ name: 'wait' }, undefined, { signal: cancel.signal });
  await started.opened;
  cancel.abort();
  await expect(cancelled).rejects.toThrow();
  await client.ping();
  await telemetry.shutdown();
}

// Our context manager was refused, and nobody looked at the answer.
test.each(['1.0.4', '1.99.0'])(
  'where API %s came first, spans keep their request, their session and their place, and it is said once',
  async (version) => {
    globals[REGISTRY] = { version };
    const said = await stderrOf(conversation);
    expect(said).toBe(
      `mcp-sessionscope: another version of @opentelemetry/api (${version}) came first in this process: spans of other ` +
        'libraries do not nest with those of this package. Install one version, see `npm ls @opentelemetry/api`\n',
    );
    const [call, outer, inner] = [one('tools/call look'), one('outer'), one('inner')];
    expect([outer.parentSpanId, inner.parentSpanId]).toEqual([call.spanId, outer.spanId]);
    expect(new Set([call, outer, inner].map(({ traceId }) => traceId)).size).toBe(1);
    for (const id of ['mcp.request.id', 'mcp.client.session.id']) {
      expect(call.attributes[id]).toEqual(expect.any(String));
      expect([outer.attributes[id], inner.attributes[id]]).toEqual([
        call.attributes[id],
        call.attributes[id],
      ]);
    }
    expect(
      sink.requests.some(({ body }) =>
        body.includes('"exception.message","value":{"stringValue":"no money"}'),
      ),
    ).toBe(true);
    expect(one('tools/call wait').attributes['error.type']).toBe('cancelled');
  },
);

test('providers that the application registered with another version are not seen, and that is said', async () => {
  globals[REGISTRY] = { version: '1.0.4', trace: new NodeTracerProvider() };
  const said = await stderrOf(conversation);
  expect(said).toContain(
    'mcp-sessionscope: the application registered its OpenTelemetry providers with another version of ' +
      '@opentelemetry/api (1.0.4): this package does not see them. Install one version, see `npm ls @opentelemetry/api`\n',
  );
});

test('with one version of the API nothing is said, also where a logger is set', async () => {
  const nothing = (): void => {};
  diag.setLogger({ error: nothing, warn: nothing, info: nothing, debug: nothing, verbose: nothing });
  expect(await stderrOf(conversation)).toBe('');
  expect(one('inner').parentSpanId).toBe(one('outer').spanId);
});
