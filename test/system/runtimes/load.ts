import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Check } from '../../../tools/support/checks.ts';
import type { OtlpSink } from '../../../tools/support/otlp-sink.ts';
import { CLIENT } from '../../../tools/support/weather-client.ts';
import { onceArrived } from '../../../tools/support/weather-recording.ts';
import type { Application } from './application.ts';
import type { Visited } from './runtimes.ts';
import { withServer } from './server.ts';

const CALLS = 1_000;
const AT_ONCE = 8;

/** A thousand calls, eight at a time: every one is answered, and recorded once; and the server ends when it is told to. */
export async function checkLoad(
  application: Application,
  visited: Visited,
  sink: OtlpSink,
  signal: AbortSignal,
): Promise<Check> {
  sink.clear();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
  const { result: wrong, output } = await withServer(application, visited, env, signal, callMany);
  const said = output.split('\n').filter((line) => line.includes('mcp-sessionscope:'));
  const problems = await onceArrived(() => [
    ...(wrong === 0 ? [] : [`${wrong} wrong answers`]),
    ...problemsWith(sink),
    ...new Set(said),
  ]);
  return {
    ok: problems.length === 0,
    name: `${CALLS} calls`,
    found: problems.join('; ') || `${sink.spans.length} spans`,
  };
}

/** @returns how many were not answered as they should be. */
async function callMany(url: URL): Promise<number> {
  const client = new Client(CLIENT, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(new StreamableHTTPClientTransport(url));
  let next = 0;
  let wrong = 0;
  const work = async (): Promise<void> => {
    while (next < CALLS) {
      const city = `city ${next++}`;
      const answer = await client.callTool({ name: 'get_weather', arguments: { city } });
      if (!JSON.stringify(answer.content).includes(`${city}: 19`)) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await client.close();
  return wrong;
}

function problemsWith({ spans }: OtlpSink): string[] {
  const named = (name: string) => spans.filter((span) => span.name === name);
  const calls = new Set(
    named('tools/call get_weather').map(({ attributes }) => attributes['mcp.request.id']),
  );
  const received = named('tools/call get_weather').length;
  const sessions = named('mcp.session start').length;
  return [
    ...(calls.size === CALLS && received === CALLS ? [] : [`${received} spans of ${calls.size} calls`]),
    ...(sessions === 1 ? [] : [`${sessions} sessions`]),
  ];
}
