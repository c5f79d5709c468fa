import fc from 'fast-check';

// What a client can send: JSON of all kinds, and what is nearly JSON-RPC.

/** More of them, now and then: `PROPERTY_RUNS=3000 npx jest test/property`. */
export const RUNS = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 60) };

export const request = (id: unknown, method: unknown, params?: unknown): object => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params !== undefined && { params }),
});

const METHODS = [
  'initialize',
  'ping',
  'tools/list',
  'tools/call',
  'prompts/get',
  'prompts/list',
  'resources/read',
  'resources/subscribe',
  'completion/complete',
  'logging/setLevel',
  'server/discover',
  'subscriptions/listen',
  'tasks/get',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/initialized',
  '__proto__',
  'constructor',
  '',
];

const META_KEYS = [
  'traceparent',
  'tracestate',
  'baggage',
  'progressToken',
  'key',
  'io.modelcontextprotocol/protocolVersion',
  'io.modelcontextprotocol/clientInfo',
  'io.modelcontextprotocol/clientCapabilities',
  'io.modelcontextprotocol/related-task',
  'constructor',
];

export const json = fc.jsonValue({ maxDepth: 3 });
export const id = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.constantFrom(0, -0, '', '0', 1.5, 2 ** 53, 1e308, '__proto__', null, true, [], {}),
);
export const meta = fc.oneof(
  json,
  fc.dictionary(fc.oneof(fc.constantFrom(...META_KEYS), fc.string()), json, { maxKeys: 4 }),
);
export const params = fc.oneof(
  json,
  fc.record(
    {
      _meta: meta,
      name: fc.oneof(fc.constantFrom('echo', 'fail', 'refuse', 'greet', 'constructor'), json),
      arguments: fc.oneof(fc.constant({ text: 'hi' }), json),
      uri: fc.oneof(fc.constant('note://1'), json),
      ref: json,
      requestId: id,
      progressToken: id,
      reason: json,
      protocolVersion: fc.oneof(fc.constantFrom('2025-11-25', '2026-07-28'), json),
      clientInfo: fc.oneof(fc.constant({ name: 'fuzz', version: '1' }), json),
      capabilities: fc.oneof(fc.constant({}), json),
      task: json,
      key: json,
    },
    { requiredKeys: [] },
  ),
);
export const message = fc.oneof(
  { weight: 1, arbitrary: json },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant('2.0') }, { weight: 1, arbitrary: json }),
        id,
        method: fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom(...METHODS) },
          { weight: 1, arbitrary: fc.oneof(fc.string(), json) },
        ),
        params,
        result: json,
        error: json,
        extra: json,
      },
      { requiredKeys: ['jsonrpc'], noNullPrototype: true },
    ),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(id, fc.constantFrom(...METHODS), params)
      .map(([anId, method, some]) => request(anId, method, some)),
  },
);

/** Strings that look like W3C trace context, and nearly so. */
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefA-'), minLength: length, maxLength: length });
export const traceparent = fc.oneof(
  fc
    .tuple(fc.constantFrom('00', '01', 'ff', '0'), hex(32), hex(16), fc.constantFrom('00', '01', 'zz', ''))
    .map((parts) => parts.join('-')),
  fc.string(),
  json,
);
export const listed = fc.oneof(
  fc.array(fc.tuple(fc.string(), fc.string())).map((pairs) => pairs.map((pair) => pair.join('=')).join(',')),
  fc.string({ size: 'large' }),
  json,
);
