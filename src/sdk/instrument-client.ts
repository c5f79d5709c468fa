import { instrumentWith } from './shared-managers.ts';
import type { TelemetryManager } from './telemetry-manager.ts';
import type { TelemetryConfig } from './types.ts';

/**
 * Observes an MCP client from one call: every request and notification that it sends becomes a CLIENT span, every one that
 * the server sends a SERVER span, and requests carry the trace context, so that the spans of an observed server hang below.
 *
 * Managers are shared as those of {@link instrumentServer} are: clients that are instrumented with an equal configuration
 * have one, and another client name another, where neither code nor environment names the service.
 *
 * @param client a `Client`, or a wrapper that has one as its `client`; before or after it is connected.
 * @param config see {@link TelemetryConfig}; all of it is optional.
 * @returns the manager, for custom spans, metrics and shutdown.
 * @throws TypeError for a wrong option, or if `client` is no MCP client.
 */
export function instrumentClient(client: object, config: TelemetryConfig = {}): TelemetryManager {
  return instrumentWith('client', client, config);
}
