import { isDeepStrictEqual } from 'node:util';
import { validateConfig } from './config/validate.ts';
import { ownInfo, serverLevels } from './intercept/shapes.ts';
import { TelemetryManager } from './telemetry-manager.ts';
import type { TelemetryConfig } from './types.ts';

interface Known {
  config: TelemetryConfig;
  /** The server's own name and version, where the configuration names none. */
  own: string | undefined;
  manager: TelemetryManager;
}

const known: Known[] = [];

/** Options whose values are compared by identity: they hold state. */
const BY_IDENTITY = ['tracerProvider', 'meterProvider', 'propagator', 'sessionKey', 'identifyUser'] as const;

/**
 * Observes an MCP server from one call: every request, every error and every client session become OpenTelemetry
 * traces and metrics.
 *
 * Servers that are instrumented with an equal configuration share one manager; another configuration gets another,
 * with its own service name, exporter and endpoint. A server that is instrumented already stays with its first manager
 * until that is shut down: asking for another one is said on stderr and changes nothing. Call `shutdown()` on the manager
 * when the process ends, or {@link installShutdownHooks}.
 *
 * @param server an `McpServer` or `Server`, or a wrapper that has one as its `server`; before it is connected.
 * @param config see {@link TelemetryConfig}; all of it is optional.
 * @returns the manager, for custom spans, metrics and shutdown.
 * @throws TypeError for a wrong option, or if `server` is no MCP server.
 */
export function instrumentServer(server: object, config: TelemetryConfig = {}): TelemetryManager {
  validateConfig(config);
  const own = config.serverName === undefined ? ownName(server) : undefined;
  const index = known.findIndex(({ manager }) => manager.isShutdown);
  if (index !== -1) known.splice(index, 1);
  const match = known.find(
    (each) => each.own === own && isEqual(each.config, config) && !each.manager.isShutdown,
  );
  const manager = match?.manager ?? new TelemetryManager(config);
  manager.instrument(server);
  if (match === undefined) known.push({ config: { ...config }, own, manager });
  return manager;
}

function ownName(server: object): string | undefined {
  const levels = serverLevels(server);
  if (levels === undefined) return undefined;
  const { name, version } = ownInfo(levels.low);
  return `${name ?? ''}@${version ?? ''}`;
}

function isEqual(a: TelemetryConfig, b: TelemetryConfig): boolean {
  return (
    BY_IDENTITY.every((field) => a[field] === b[field]) && isDeepStrictEqual(comparable(a), comparable(b))
  );
}

function comparable(config: TelemetryConfig): object {
  const rest = Object.entries(config).filter(
    ([field, value]) => value !== undefined && !(BY_IDENTITY as readonly string[]).includes(field),
  );
  return Object.fromEntries(rest);
}
