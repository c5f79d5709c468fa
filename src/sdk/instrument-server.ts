import { instrumentWith } from './shared-managers.ts';
import type { TelemetryManager } from './telemetry-manager.ts';
import type { TelemetryConfig } from './types.ts';

/**
 * Observes an MCP server from one call: every request, every error and every client session become OpenTelemetry
 * traces and metrics.
 *
 * Servers that are instrumented with an equal configuration share one manager; another configuration gets another,
 * with its own service name, exporter and endpoint. So does another server name, where neither code nor environment names
 * the service; servers of more than ten names are recorded with the first. A server that is instrumented already stays with
 * its first manager until that is shut down: asking for another one is said on stderr and changes nothing. Call
 * `shutdown()` on the manager when the process ends, or {@link installShutdownHooks}.
 *
 * @param server an `McpServer` or `Server`, or a wrapper that has one as its `server`; before it is connected.
 * @param config see {@link TelemetryConfig}; all of it is optional.
 * @returns the manager, for custom spans, metrics and shutdown.
 * @throws TypeError for a wrong option, or if `server` is no MCP server.
 */
export function instrumentServer(server: object, config: TelemetryConfig = {}): TelemetryManager {
  return instrumentWith('server', server, config);
}
