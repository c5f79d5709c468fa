import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { observe, setEnvironment, shutDownAll } from '../sdk/export/support.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { stderrOf } from '../support/stderr.ts';

let sink: OtlpSink;
beforeEach(async () => {
  setEnvironment({ OTEL_EXPORTER_OTLP_TIMEOUT: '200' });
  sink = await startOtlpSink();
});
afterEach(async () => {
  sink.answer = () => 200;
  await shutDownAll();
  await sink.close();
});

/** The lines of a server whose receiver gives this answer to each export; `spans` is how many it recorded. */
async function lines(config: object = { enableMetrics: false }): Promise<string[]> {
  const said = await stderrOf(async () => {
    const { echo, telemetry } = await observe({ exporterEndpoint: sink.url, ...config });
    for (let calls = 0; calls < 2; calls += 1) {
      await echo();
      await telemetry.forceFlush();
    }
    await telemetry.shutdown();
  });
  return said
    .trimEnd()
    .split('\n')
    .map((line) => line.replace('mcp-sessionscope: ', ''));
}

// Each of them was told as "overloaded, or not ready (HTTP 429, 502, 503 or 504)".
describe('a receiver that asks to try again', () => {
  test.each([
    [429, 'it is overloaded (HTTP 429)'],
    [502, 'it is not ready, or what is behind it is not (HTTP 502)'],
    [503, 'it is not ready, or what is behind it is not (HTTP 503)'],
    [504, 'it is not ready, or what is behind it is not (HTTP 504)'],
  ])('is told with its code: %d', async (status, what) => {
    sink.answer = () => status;
    const [begin, end] = await lines();
    expect(begin).toContain(`cannot export to ${sink.url}/v1/traces: ${what}; will go on trying`);
    expect(end).toMatch(/ended; \d+ spans were lost: /);
    expect(end).toContain(what);
  });

  test('is told with the time that it asks for', async () => {
    sink.answer = () => ({ status: 503, headers: { 'retry-after': '30' } });
    const [begin] = await lines();
    expect(begin).toContain('(HTTP 503); it asks to come back in 30 s; will go on trying');
  });

  test('is told once for both signals', async () => {
    sink.answer = () => 503;
    const said = await lines({});
    expect(said.filter((line) => line.startsWith('cannot export'))).toHaveLength(1);
  });
});

describe('a success that says something', () => {
  test('cannot have lost more than was sent', async () => {
    const partialSuccess = { rejectedSpans: String(Number.MAX_SAFE_INTEGER) };
    sink.answer = () => ({ status: 200, body: JSON.stringify({ partialSuccess }) });
    const told = (await lines()).map((line) => Number(/; (\d+) spans? (?:was|were) lost/.exec(line)?.[1]));
    expect(told.reduce((sum, lost) => sum + lost, 0)).toBe(sink.spans.length);
  });

  test('cannot have lost more data points than were sent', async () => {
    const partialSuccess = { rejectedDataPoints: 1e9 };
    sink.answer = () => ({ status: 200, body: JSON.stringify({ partialSuccess }) });
    const [line] = await lines({ enableTracing: false });
    const first = JSON.parse(sink.requests[0]?.body ?? '').resourceMetrics[0].scopeMetrics[0].metrics;
    const points = first.flatMap(({ histogram, sum }: any) => (histogram ?? sum).dataPoints);
    expect(line).toContain(`; ${points.length} data points were lost`);
  });

  test('of which nothing was lost is a warning, and told once', async () => {
    const partialSuccess = { rejectedSpans: '0', errorMessage: 'this endpoint is\ndeprecated' };
    sink.answer = () => ({ status: 200, body: JSON.stringify({ partialSuccess }) });
    expect(await lines()).toEqual([
      `${sink.url}/v1/traces took an export and warns: this endpoint is deprecated`,
    ]);
  });

  test.each(['{"ok":true}', '{"status":"success","data":{}}', '[]', '"OK"', '{not json', 'true'])(
    'in words that are not OTLP’s may mean that nothing arrives: %s',
    async (body) => {
      sink.answer = () => ({ status: 200, body });
      expect(await lines()).toEqual([
        expect.stringContaining(
          `what is exported to ${sink.url}/v1/traces may not arrive: its answer is not that of an OTLP receiver`,
        ),
      ]);
    },
  );

  test.each(['', ' ', '{}', '{"partialSuccess":{}}', '{"partialSuccess":null}', '\n\u0002\u0008\u0000'])(
    'in those of OTLP is taken as one: %j',
    async (body) => {
      sink.answer = () => ({ status: 200, body });
      expect(await lines()).toEqual(['']);
    },
  );
});
