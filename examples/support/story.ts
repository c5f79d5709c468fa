import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OtlpSink, startOtlpSink } from './otlp-sink.ts';
import { stopServers } from './servers.ts';

/**
 * Runs the check of an example: starts a sink, lets `check` drive the example's server with real clients and look at
 * what arrived, and says how it went. Exits with 1 when something is missing.
 *
 * @param url - `import.meta.url` of the check
 * @param check - throws where something is missing
 */
export async function story(url: string, check: (sink: OtlpSink) => Promise<void>): Promise<void> {
  const name = basename(dirname(fileURLToPath(url)));
  const sink = await startOtlpSink();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stopServers().finally(() => process.exit(1)));
  }
  try {
    await check(sink);
    const sessions = new Set(sink.spans.map((span) => span.attributes['mcp.client.session.id']));
    sessions.delete(undefined);
    console.log(`${name}: ${count(sink.spans.length, 'span')} of ${count(sessions.size, 'client session')}`);
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exitCode = 1;
  } finally {
    await stopServers();
    await sink.close();
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
