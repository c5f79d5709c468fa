import type { ApiEvent } from '../../../src/explorer/server/api.ts';

let made = 0;

/** An event of a session; a successful call of `echo` unless it is said otherwise. */
export function event(overrides: Partial<ApiEvent> = {}): ApiEvent {
  made += 1;
  return {
    timeMs: 0,
    kind: 'request',
    type: 'tools/call echo',
    method: 'tools/call',
    target: 'echo',
    isTool: true,
    status: 'ok',
    traceId: '0'.repeat(32),
    spanId: made.toString(16).padStart(16, '0'),
    ...overrides,
  };
}
