import { once } from 'node:events';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { installShutdownHooks } from '../../sdk/shutdown/hooks.ts';
import { TelemetryManager } from '../../sdk/telemetry-manager.ts';
import type { TelemetryConfig } from '../../sdk/types.ts';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../../sdk/version.ts';
import { openStore } from '../store/open-store.ts';
import type { TextSink } from '../text/text-sink.ts';
import { visible } from '../text/visible.ts';
import { createMcpServer } from './server.ts';

export interface ServeOptions {
  /** Folder of the recording. */
  readonly dir: string;
  readonly lostAfterMs: number;
  /** Record what clients ask of this server too. */
  readonly record: boolean;
}

/** What of the process it touches, besides files, stdin and stdout. */
export interface ServeSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where errors of the connection are told. */
  readonly stderr: TextSink;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Milliseconds that an answer waits for the first reading of the files; clients wait for a minute. */
const MAX_WAIT_MS = 20_000;

/** With one of these the environment says where telemetry goes. */
const DESTINATIONS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  'OTEL_TRACES_EXPORTER',
  'OTEL_METRICS_EXPORTER',
];

/** Serves a recording over MCP on stdin and stdout. Resolves when the client has gone; signals end the process. */
export async function serveMcp(
  { dir, lostAfterMs, record }: ServeOptions,
  io: ServeSurroundings,
): Promise<void> {
  const telemetry = new TelemetryManager(configOf(dir, record, io.env));
  // Whoever asks wants to know of others, not of the asking; clients start this command more than once, to try it.
  const store = openStore({ dir, lostAfterMs, now: io.now, exceptService: PACKAGE_NAME });
  const recorded = { store, dir, now: io.now, maxWaitMs: MAX_WAIT_MS };
  installShutdownHooks(telemetry);
  const gone = Promise.race([once(process.stdin, 'end'), once(process.stdin, 'close')]);
  serveStdio(
    () => {
      const server = createMcpServer(recorded);
      telemetry.instrument(server);
      return server;
    },
    { onerror: (error) => io.stderr.write(`${PACKAGE_NAME}: ${visible(error.message)}\n`) },
  );
  await gone;
  await store.close();
}

function configOf(dir: string, record: boolean, env: ServeSurroundings['env']): TelemetryConfig {
  const own = { serverName: PACKAGE_NAME, serverVersion: PACKAGE_VERSION };
  if (!record) return { ...own, exporterType: 'none' };
  if (DESTINATIONS.some((name) => (env[name] ?? '').trim() !== '')) return own;
  // One file a start is enough: a folder keeps a number of files, and the recordings of others matter more.
  return { ...own, exporterType: 'file', exporterEndpoint: dir, enableMetrics: false };
}
