/**
 * Two spans in OTLP JSON, with everything that a span can have, in the form in which the receiver keeps them. Every
 * sender makes them with its own SDK.
 */
export const SCENE = {
  resourceSpans: [
    {
      resource: {
        attributes: [
          { key: 'host.cpu.share', value: { doubleValue: 0.25 } },
          { key: 'service.instance.id', value: { stringValue: '7f6c9c1e-4a0e-4d9a-8a63-0d4c5b7f1a2b' } },
          { key: 'service.name', value: { stringValue: 'shop' } },
        ],
      },
      scopeSpans: [
        {
          scope: { name: 'otlp-senders', version: '1.0.0' },
          spans: [
            {
              traceId: '0af7651916cd43dd8448eb211c80319c',
              spanId: 'b7ad6b7169203331',
              name: 'mcp.session start',
              kind: 1,
              startTimeUnixNano: '1795179600000000001',
              endTimeUnixNano: '1795179600000000002',
              flags: 257,
            },
            {
              traceId: '0af7651916cd43dd8448eb211c80319c',
              spanId: '00f067aa0ba902b7',
              parentSpanId: 'b7ad6b7169203331',
              name: 'tools/call get_weather',
              kind: 2,
              startTimeUnixNano: '1795179600123456789',
              endTimeUnixNano: '1795179601000000000',
              attributes: [
                { key: 'mcp.method.name', value: { stringValue: 'tools/call' } },
                { key: 'jsonrpc.request.id', value: { stringValue: '' } },
                { key: 'mcp.client.session.calls', value: { intValue: '9007199254740991' } },
                { key: 'offset', value: { intValue: '-7' } },
                { key: 'ratio', value: { doubleValue: 0.1 } },
                { key: 'cached', value: { boolValue: false } },
                {
                  key: 'mcp.client.session.tools_list',
                  value: {
                    arrayValue: {
                      values: [{ stringValue: 'get_weather' }, { stringValue: '☂ \u202e</script>' }],
                    },
                  },
                },
                { key: 'text', value: { stringValue: 'naïve "quoted" \\ \u0001\n\u2028 😀' } },
              ],
              events: [
                {
                  timeUnixNano: '1795179600500000000',
                  name: 'exception',
                  attributes: [{ key: 'exception.message', value: { stringValue: 'boom' } }],
                },
              ],
              links: [
                {
                  traceId: 'abababababababababababababababab',
                  spanId: 'cdcdcdcdcdcdcdcd',
                  attributes: [{ key: 'why', value: { stringValue: 'because' } }],
                  flags: 257,
                },
              ],
              status: { message: 'no such city', code: 2 },
              flags: 257,
            },
          ],
        },
      ],
    },
  ],
};

/** A line that is logged within the second span, in the same form. */
export const LOGS = {
  resourceLogs: [
    {
      resource: SCENE.resourceSpans[0]!.resource,
      scopeLogs: [
        {
          scope: SCENE.resourceSpans[0]!.scopeSpans[0]!.scope,
          logRecords: [
            {
              timeUnixNano: '1795179600223456789',
              severityNumber: 17,
              severityText: 'ERROR',
              body: { stringValue: 'no city is called "☂ \u202e</script>"' },
              attributes: [
                { key: 'city', value: { stringValue: 'naïve' } },
                { key: 'tries', value: { intValue: '3' } },
              ],
              flags: 1,
              traceId: '0af7651916cd43dd8448eb211c80319c',
              spanId: '00f067aa0ba902b7',
              observedTimeUnixNano: '1795179600223456790',
            },
          ],
        },
      ],
    },
  ],
};

/** What every sender counts, and the metrics that must come of it, but for their times. */
export const METRICS = [
  {
    name: 'calls',
    unit: '{call}',
    sum: {
      dataPoints: [{ attributes: [{ key: 'tool', value: { stringValue: 'get_weather' } }], asInt: '3' }],
      aggregationTemporality: 2,
      isMonotonic: true,
    },
  },
  {
    name: 'duration',
    unit: 's',
    histogram: {
      dataPoints: [
        {
          attributes: [{ key: 'tool', value: { stringValue: 'get_weather' } }],
          count: '3',
          sum: 5.75,
          bucketCounts: ['1', '1', '1'],
          explicitBounds: [0.125, 1],
          min: 0.0625,
          max: 5.1875,
        },
      ],
      aggregationTemporality: 2,
    },
  },
];
/** What is recorded: 0.0625 + 0.5 + 5.1875 is exact in any order. */
export const DURATIONS = [0.0625, 0.5, 5.1875];
