import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';
import { type RecordingFolder, recordingFolder } from '../../support/recorded.ts';
import { observe, setEnvironment, shutDownAll } from './support.ts';

const REMOTE = '0af7651916cd43dd8448eb211c80319c';
const OTHER = 'f'.repeat(32);
const meta = { traceparent: `00-${REMOTE}-b7ad6b7169203331-01`, 'x-own': OTHER };

let folder: RecordingFolder;
beforeEach(() => {
  setEnvironment();
  folder = recordingFolder();
});
afterEach(async () => {
  await shutDownAll();
  for (const api of [propagation, context]) api.disable();
  folder.remove();
});

/** Reads the trace id from a key of its own. */
const own: TextMapPropagator = {
  fields: () => ['x-own'],
  inject: () => {},
  extract: (parent, carrier, getter) => {
    const traceId = getter.get(carrier, 'x-own');
    return typeof traceId === 'string'
      ? trace.setSpanContext(parent, { traceId, spanId: 'a'.repeat(16), traceFlags: TraceFlags.SAMPLED })
      : parent;
  },
};

/** The trace that a call with `meta` belongs to. */
async function traceOfCall(config: TelemetryConfig = {}): Promise<string | undefined> {
  const { client, telemetry } = await observe({
    exporterType: 'file',
    exporterEndpoint: folder.dir,
    ...config,
  });
  await client.callTool({ name: 'echo', arguments: { text: 'hi' }, _meta: meta });
  await telemetry.forceFlush();
  return folder.spans().find(({ name }) => name === 'tools/call echo')?.traceId;
}

describe('the trace context in `_meta` is read', () => {
  test('as W3C has it, unless told otherwise', async () => {
    expect(await traceOfCall()).toBe(REMOTE);
  });

  test('not at all with OTEL_PROPAGATORS=none', async () => {
    setEnvironment({ OTEL_PROPAGATORS: 'none' });
    expect(await traceOfCall()).not.toBe(REMOTE);
  });

  test('not with OTEL_PROPAGATORS=baggage', async () => {
    setEnvironment({ OTEL_PROPAGATORS: 'baggage' });
    expect(await traceOfCall()).not.toBe(REMOTE);
  });

  test('by the propagator that the application has registered, whatever the environment says', async () => {
    propagation.setGlobalPropagator(own);
    setEnvironment({ OTEL_PROPAGATORS: 'tracecontext' });
    expect(await traceOfCall()).toBe(OTHER);
  });

  test('by the propagator of the configuration before all', async () => {
    propagation.setGlobalPropagator(own);
    expect(await traceOfCall({ propagator: new W3CTraceContextPropagator() })).toBe(REMOTE);
  });
});

test('the propagators of a manager are its own: nothing is registered', async () => {
  await traceOfCall();
  expect(propagation.fields()).toEqual([]);
  expect(trace.getSpanContext(ROOT_CONTEXT)).toBeUndefined();
});
