import { TelemetryManager } from '../../../src/sdk/telemetry-manager.ts';
import type { TelemetryConfig } from '../../../src/sdk/types.ts';
import { connectV1, type Pair, v1Server } from '../../support/v1.ts';

/** Takes the variables that OpenTelemetry reads out of the environment of this test file, and puts `more` in. */
export function setEnvironment(more: Record<string, string> = {}): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('OTEL_') || name === 'MCP_SESSIONSCOPE_EXPORTER_TYPE') delete process.env[name];
  }
  Object.assign(process.env, more);
}

export interface Observed extends Pair {
  telemetry: TelemetryManager;
  echo(): Promise<void>;
}

const managers: TelemetryManager[] = [];

/** A real server and client, observed by a manager with an SDK of its own. */
export async function observe(config: TelemetryConfig, telemetry = manage(config)): Promise<Observed> {
  const server = v1Server();
  telemetry.instrument(server);
  const pair = await connectV1(server);
  const echo = async (): Promise<void> =>
    void (await pair.client.callTool({ name: 'echo', arguments: { text: 'hi' } }));
  return { ...pair, telemetry, echo };
}

/** A manager that `shutDownAll` ends. */
export function manage(config: TelemetryConfig): TelemetryManager {
  const telemetry = new TelemetryManager({ shutdownTimeoutMs: 10_000, ...config });
  managers.push(telemetry);
  return telemetry;
}

/** Call in `afterEach`. */
export async function shutDownAll(): Promise<void> {
  await Promise.all(managers.splice(0).map((telemetry) => telemetry.shutdown()));
}
