import { expect, test } from '@jest/globals';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { TelemetryManager } from '../../src/index.ts';
import { connectV1, v1Server } from '../support/v1.ts';

// A function that is frozen between its requests, and a worker, whose timers end with the request, never told the end of
// a session: only the timer did.
test('a flush ends the sessions that fell idle while no timer ran', async () => {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const telemetry = new TelemetryManager({ tracerProvider, enableMetrics: false, sessionIdleTimeoutMs: 40 });
  const server = v1Server();
  telemetry.instrument(server);
  const { client } = await connectV1(server);
  freeze(60);
  const flushed = telemetry.forceFlush();
  const end = exporter.getFinishedSpans().find(({ name }) => name === 'mcp.session end');
  expect(end?.attributes['mcp.client.session.end_reason']).toBe('idle_timeout');
  await flushed;
  await client.close();
  await telemetry.shutdown();
});

/** Nothing runs meanwhile, as in a process that is frozen. */
function freeze(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
