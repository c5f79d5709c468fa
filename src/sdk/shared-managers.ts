import { isDeepStrictEqual } from 'node:util';
import { isServiceNamed } from './config/service-name.ts';
import { validateConfig } from './config/validate.ts';
import { logOnce } from './diagnostics/log.ts';
import { readableEnvironment } from './export/permissions.ts';
import type { End } from './intercept/link.ts';
import { findLevels } from './intercept/observe.ts';
import { type LowLevelServer, ownInfo } from './intercept/shapes.ts';
import { TelemetryManager } from './telemetry-manager.ts';
import type { TelemetryConfig } from './types.ts';
import { isUnasked } from './unasked.ts';

interface Known {
  config: TelemetryConfig;
  /** The own name and version of the server, or the client, where neither code nor environment names the service. */
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

/** Instruments what the user passed, with the manager that there is for an equal configuration, or a new one. */
export function instrumentWith(end: End, value: object, config: TelemetryConfig): TelemetryManager {
  validateConfig(config);
  const low = findLevels(value, end)?.low;
  const wanted = {
    config: { ...config },
    own: low === undefined || isServiceNamed(config, readableEnvironment()) ? undefined : ownName(low),
    isUnasked: low !== undefined && isUnasked(low),
  };
  const match = knownFor(wanted);
  const manager = match?.manager ?? new TelemetryManager(config);
  if (end === 'server') manager.instrument(value);
  else manager.instrumentClient(value);
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
