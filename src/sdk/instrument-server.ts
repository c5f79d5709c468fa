import { isDeepStrictEqual } from 'node:util';
import { isServiceNamed } from './config/service-name.ts';
import { validateConfig } from './config/validate.ts';
import { logOnce } from './diagnostics/log.ts';
import { readableEnvironment } from './export/permissions.ts';
import { type LowLevelServer, ownInfo, serverLevels } from './intercept/shapes.ts';
import { TelemetryManager } from './telemetry-manager.ts';
import type { TelemetryConfig } from './types.ts';
import { isUnasked } from './unasked.ts';

interface Known {
  config: TelemetryConfig;
  /** The server's own name and version, where neither code nor environment names the service. */
  own: string | undefined;
  /** Of servers that nobody has asked for in code; who asks has a manager of their own. */
  isUnasked: boolean;
  manager: TelemetryManager;
}

const known: Known[] = [];

/** Managers that servers of one configuration have by their names. A name may be made of a tenant or a session. */
const MAX_NAMES = 10;

/** Options whose values are compared by identity: they hold state. */
const BY_IDENTITY = ['tracerProvider', 'meterProvider', 'propagator', 'sessionKey', 'identifyUser'] as const;

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
  validateConfig(config);
  const low = serverLevels(server)?.low;
  const wanted = {
    config: { ...config },
    own: low === undefined || isServiceNamed(config, readableEnvironment()) ? undefined : ownName(low),
    isUnasked: low !== undefined && isUnasked(low),
  };
  const match = knownFor(wanted);
  const manager = match?.manager ?? new TelemetryManager(config);
  manager.instrument(server);
  if (match === undefined) known.push({ ...wanted, manager });
  return manager;
}

function knownFor(wanted: Omit<Known, 'manager'>): Known | undefined {
  const index = known.findIndex(({ manager }) => manager.isShutdown);
  if (index !== -1) known.splice(index, 1);
  const fits = (each: Known): boolean =>
    each.isUnasked === wanted.isUnasked && !each.manager.isShutdown && isEqual(each.config, wanted.config);
  const match = known.find((each) => each.own === wanted.own && fits(each));
  if (match !== undefined || wanted.own === undefined) return match;
  const byName = known.filter((each) => each.own !== undefined && fits(each));
  if (byName.length < MAX_NAMES) return undefined;
  logOnce(
    `servers of ${MAX_NAMES} names have a manager each, and those of further names are recorded with the first: set ` +
      'OTEL_SERVICE_NAME to name all of them',
  );
  return byName[0];
}

function ownName(low: LowLevelServer): string {
  const { name, version } = ownInfo(low);
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
