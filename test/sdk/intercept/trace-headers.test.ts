import { afterEach, describe, expect, test } from '@jest/globals';
import { type Context, context, propagation, trace } from '@opentelemetry/api';
import type { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import {
  closeHosts,
  connectHttp,
  type Host,
  listen,
  statefulV1,
  statelessV1,
} from '../../support/http-v1.ts';
import { connectV2, handlerV2, statefulV2 } from '../../support/http-v2.ts';
import { closeRecordings, type Recording, record } from '../../support/recording.ts';
import { v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const HEADERS = {
  traceparent: `00-${TRACE}-${PARENT}-01`,
  tracestate: 'vendor=1',
  baggage: 'tenant=blue,region=north',
};
const OTHER = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` };

type Telemetry = TelemetryManager | undefined;
type Server = ReturnType<typeof v1Server>;
type Create = () => Server;
type Meta = Record<string, unknown>;

/** What of a client these tests use. */
interface Caller {
  client: {
    callTool(params: { name: string; arguments: object; _meta?: Meta }): Promise<unknown>;
    close(): Promise<void>;
  };
}

type Serve = (telemetry: Telemetry, create: Create) => Promise<Host>;
type Connect = (url: URL, headers: Record<string, string>) => Promise<Caller>;

const legacy = ((url, headers) => connectHttp(url, { headers })) as Connect;
const modern = ((url, headers) => connectV2(url, undefined, headers)) as Connect;
const asV2 = (create: Create) => create as unknown as typeof v2Server;

const hosts: [string, Serve, Connect, () => Server][] = [
  ['v1, a server per session', (t, create) => statefulV1(t, { create }), legacy, v1Server],
  ['v1, a server per request', (t, create) => statelessV1(t, { create }), legacy, v1Server],
  ['v2, a server per session', (t, create) => statefulV2(t, asV2(create)), legacy, v2Server as never],
  [
    'v2, a server per request',
    (t, create) => handlerV2(t, { create: asV2(create) }),
    modern,
    v2Server as never,
  ],
];

describe.each(hosts)('trace context that comes in HTTP headers only (%s)', (_, serve, connect, create) => {
  /** Calls the tool `look`, which notes what is active in its handler. */
  async function look(
    recording: Recording,
    headers: Record<string, string>,
    { meta, around }: { meta?: Meta; around?: (host: Host) => Promise<Host> } = {},
  ): Promise<Context> {
    const seen: Context[] = [];
    const host = await serve(recording.telemetry, () => {
      const server = create();
      server.registerTool('look', {}, async () => {
        seen.push(context.active());
        return { content: [] };
      });
      return server;
    });
    const { client } = await connect((await (around?.(host) ?? host)).url, headers);
    await client.callTool({ name: 'look', arguments: {}, ...(meta && { _meta: meta }) });
    await client.close();
    return seen[0] as Context;
  }

  const startOf = ({ one }: Recording) => one('mcp.session start').spanContext().spanId;

  test('is the parent of a request, whose session is linked', async () => {
    const recording = record();
    const active = await look(recording, HEADERS);
    const span = recording.one('tools/call look');
    expect(span.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: PARENT, isRemote: true });
    expect(span.spanContext().traceState?.serialize()).toBe('vendor=1');
    expect(span.links.map((link) => link.context.spanId)).toEqual([startOf(recording)]);
    expect(trace.getSpanContext(active)?.spanId).toBe(span.spanContext().spanId);
    expect(propagation.getBaggage(active)?.getEntry('tenant')?.value).toBe('blue');
  });

  test('gives way to a span in `_meta`', async () => {
    const recording = record();
    const active = await look(recording, HEADERS, { meta: OTHER });
    const span = recording.one('tools/call look');
    expect(span.parentSpanContext?.spanId).toBe('2'.repeat(16));
    expect(span.links.map((link) => link.context.spanId)).toEqual([startOf(recording)]);
    expect(propagation.getBaggage(active)).toBeUndefined();
  });

  test('is overlaid by baggage in `_meta`, and its span stays', async () => {
    const recording = record();
    const active = await look(recording, HEADERS, { meta: { baggage: 'tenant=red', traceparent: 'none' } });
    expect(recording.one('tools/call look').parentSpanContext?.spanId).toBe(PARENT);
    expect(propagation.getBaggage(active)?.getEntry('tenant')?.value).toBe('red');
  });

  test('gives way to the ambient span', async () => {
    const recording = record();
    const tracer = recording.provider.getTracer('http');
    const around = ({ listener }: Host): Promise<Host> =>
      listen((request, response) =>
        tracer.startActiveSpan('http', (span) => {
          response.on('close', () => span.end());
          return listener(request, response);
        }),
      );
    await look(recording, HEADERS, { around });
    const span = recording.one('tools/call look');
    expect(span.parentSpanContext?.spanId).not.toBe(PARENT);
    expect(span.links.map((link) => link.context.spanId)).toEqual([startOf(recording)]);
  });

  test('that is not sampled is linked, and the request is recorded in its session', async () => {
    const recording = record();
    const active = await look(recording, { ...HEADERS, traceparent: `00-${TRACE}-${PARENT}-00` });
    const span = recording.one('tools/call look');
    expect(span.parentSpanContext?.spanId).toBe(startOf(recording));
    expect(span.links.map((link) => link.context.spanId)).toEqual([PARENT]);
    expect(propagation.getBaggage(active)?.getEntry('tenant')?.value).toBe('blue');
  });

  test.each([['hello'], [''], [`00-${'0'.repeat(32)}-${PARENT}-01`], ['x'.repeat(10_000)]])(
    'that cannot be read is none (%#)',
    async (traceparent) => {
      const recording = record();
      await look(recording, { traceparent });
      const span = recording.one('tools/call look');
      expect(span.parentSpanContext?.spanId).toBe(startOf(recording));
      expect(span.links).toEqual([]);
    },
  );

  test('is read by the configured propagator', async () => {
    const recording = record({
      propagator: {
        fields: () => ['X-Vendor'],
        inject: () => {},
        extract: (active, carrier, getter) =>
          trace.setSpanContext(active, {
            traceId: TRACE,
            spanId: String(getter.get(carrier, 'X-Vendor')),
            traceFlags: 1,
          }),
      },
    });
    await look(recording, { ...OTHER, 'x-vendor': PARENT });
    expect(recording.one('tools/call look').parentSpanContext?.spanId).toBe(PARENT);
  });
});
