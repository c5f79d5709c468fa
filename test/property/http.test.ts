import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TelemetryManager } from '../../src/sdk/telemetry-manager.ts';
import { closeHosts, type Host, statefulV1, statelessV1 } from '../support/http-v1.ts';
import { handlerV2 } from '../support/http-v2.ts';
import { id, json, message, meta, RUNS, request } from '../support/messages.ts';
import { MODERN } from '../support/pipes.ts';
import { closeRecordings, record } from '../support/recording.ts';

afterEach(closeHosts);
afterEach(closeRecordings);

const hosts: [string, (telemetry: TelemetryManager | undefined) => Promise<Host>][] = [
  ['v1, a server per request', (telemetry) => statelessV1(telemetry)],
  [
    'v1, a server per session',
    (telemetry) => statefulV1(telemetry, { options: { sessionIdGenerator: () => 'the-session' } }),
  ],
  ['v2, createMcpHandler', (telemetry) => handlerV2(telemetry)],
];

const VERSION = 'mcp-protocol-version';

const headerText = fc.string({ unit: fc.constantFrom(...'abc019-. {}"=,'), maxLength: 40 });
const headers = fc.record(
  {
    'mcp-session-id': fc.oneof(fc.constant('the-session'), headerText),
    [VERSION]: fc.oneof(fc.constantFrom('2025-11-25', '2026-07-28', '2025-03-26'), headerText),
    'mcp-method': fc.constantFrom('tools/list', 'tools/call', 'ping'),
    'user-agent': headerText,
    traceparent: headerText,
    tracestate: headerText,
    baggage: headerText,
    'x-forwarded-for': headerText,
    forwarded: headerText,
  },
  { requiredKeys: [] },
);
const modern = fc
  .tuple(id, fc.constantFrom('tools/list', 'tools/call', 'server/discover'), meta)
  .map(([anId, method, some]) =>
    request(anId, method, {
      name: 'echo',
      arguments: { text: 'hi' },
      _meta: { ...MODERN, ...(some as object) },
    }),
  );
const body = fc.oneof(message, modern, fc.array(message, { maxLength: 3 }), json);

async function post(host: Host, some: unknown, sent: Record<string, string>) {
  const response = await fetch(host.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...sent },
    body: JSON.stringify(some) ?? '',
    signal: AbortSignal.timeout(2_000),
  }).catch(() => undefined);
  if (response === undefined) return 'no answer';
  const text = await response.text().catch(() => 'an answer that does not end');
  return { status: response.status, type: response.headers.get('content-type'), text };
}

describe.each(hosts)('an instrumented HTTP server (%s)', (_, start) => {
  test('answers any request as the bare one', async () => {
    const bare = await start(undefined);
    const { telemetry } = record({ trustProxy: 3 });
    const observed = await start(telemetry);
    await fc.assert(
      fc.asyncProperty(body, headers, async (some, sent) => {
        const [expected, answer] = await Promise.all([
          post(bare, some, sent as Record<string, string>),
          post(observed, some, sent as Record<string, string>),
        ]);
        expect(answer).toEqual(expected);
      }),
      RUNS,
    );
  });
});
