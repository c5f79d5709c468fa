import { expect, jest, test } from '@jest/globals';
import { TelemetryManager } from '../../src/index.ts';

// A worker may draw no random numbers at module scope; a span of the application's own threw there, and the worker was not
// loaded.
test('where telemetry cannot start, the function that a span was asked for runs without one', () => {
  const key = Symbol.for('mcp-sessionscope.process-session');
  const shared = globalThis as unknown as Record<symbol, unknown>;
  const before = shared[key];
  shared[key] = {
    startedAt: 0,
    get id() {
      throw new Error('Disallowed operation called within global scope');
    },
  };
  const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const telemetry = new TelemetryManager({ exporterType: 'none' });
    const answer = telemetry.startActiveSpan('look up', {}, (span) => (span.isRecording() ? 'recorded' : 19));
    expect(answer).toBe(19);
  } finally {
    stderr.mockRestore();
    shared[key] = before;
  }
});
