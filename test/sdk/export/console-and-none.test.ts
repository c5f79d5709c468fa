import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stderrOf } from '../../support/stderr.ts';
import { observe, setEnvironment, shutDownAll } from './support.ts';

beforeEach(() => setEnvironment());
afterEach(shutDownAll);

describe('the exporter console', () => {
  test('prints one JSON line per span and per metric', async () => {
    const { client, echo, telemetry } = await observe({ exporterType: 'console' });
    const printed = await stderrOf(async () => {
      await echo();
      await client.callTool({ name: 'fail' });
      await telemetry.shutdown();
    });
    const lines = printed
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const byName = Object.fromEntries(lines.map((line) => [line.span ?? line.metric, line]));
    expect(byName['tools/call echo']).toEqual({
      span: 'tools/call echo',
      traceId: byName['mcp.session start'].traceId,
      spanId: expect.stringMatching(/^[\da-f]{16}$/),
      parentSpanId: byName['mcp.session start'].spanId,
      start: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      durationMs: expect.any(Number),
      status: 0,
      attributes: expect.objectContaining({ 'mcp.session.id': telemetry.sessionId }),
      events: [],
    });
    expect(byName['tools/call fail'].events).toEqual([
      { name: 'exception', attributes: expect.objectContaining({ 'exception.message': 'no money' }) },
    ]);
    expect(byName['mcp.server.operation.duration']).toEqual({
      metric: 'mcp.server.operation.duration',
      unit: 's',
      dataPoints: expect.arrayContaining([
        { attributes: expect.objectContaining({ 'gen_ai.tool.name': 'echo' }), value: expect.any(Object) },
      ]),
    });
  });
});

describe('the exporter none', () => {
  test('records nothing, says nothing, and still knows the sessions', async () => {
    const { client, echo, telemetry } = await observe({ exporterType: 'none' });
    const said = await stderrOf(async () => {
      await echo();
      await client.callTool({ name: 'fail' });
      expect(telemetry.activeSessions()).toEqual([
        expect.objectContaining({
          source: 'connection',
          calls: 3,
          errors: 1,
          tools: ['echo', 'fail'],
          clientName: 'test-client',
          clientVersion: '4.5.6',
          protocolVersion: expect.stringMatching(/^\d{4}-/),
        }),
      ]);
      expect(telemetry.startActiveSpan('own', {}, (span) => span.isRecording())).toBe(false);
      telemetry.getHistogram('own.time')(1);
      await telemetry.forceFlush();
      await telemetry.shutdown();
    });
    expect(said).toBe('');
    expect(telemetry.activeSessions()).toEqual([]);
  });

  test('is what OTEL_SDK_DISABLED makes of every exporter', async () => {
    setEnvironment({ OTEL_SDK_DISABLED: 'true' });
    const { echo, telemetry } = await observe({ exporterType: 'console' });
    const said = await stderrOf(async () => {
      await echo();
      await telemetry.shutdown();
    });
    expect(said).toBe('');
  });

  test('for one signal leaves the other alone', async () => {
    setEnvironment({ OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'console' });
    const { echo, telemetry } = await observe({});
    const printed = await stderrOf(async () => {
      await echo();
      await telemetry.shutdown();
    });
    const lines = printed
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ metric }) => metric)).toContain('mcp.server.operation.duration');
    expect(lines.filter(({ span }) => span !== undefined)).toEqual([]);
  });
});
