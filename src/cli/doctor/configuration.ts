import { SIGNALS, type Signal } from '../../explorer/recording/signal.ts';
import { namesDestination } from '../../proxy/destination.ts';
import { type ResolvedConfig, resolveConfig, type SignalDestination } from '../../sdk/config/resolve.ts';
import { linesAboutProviders } from '../../sdk/export/load-probe.ts';
import { type Check, failed, ok, warning } from './check.ts';
import { setVariables, shownPlace, type Variable, variablesThatTurnOff } from './variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Configuration {
  readonly check: Check;
  readonly variables: readonly Variable[];
  /** Nobody says where telemetry goes: an instrumented server sends it to the default address, `run` and `proxy` write files. */
  readonly isDefault: boolean;
  readonly destinations: Readonly<Record<Signal, SignalDestination>>;
  /** What the environment says of the service. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * The configuration of a server whose code says nothing, as the package itself reads it.
 *
 * @param endpoint - what the code says for `exporterEndpoint`; both signals are then sent there
 */
export function readConfiguration(env: Environment, endpoint: string | undefined): Configuration {
  const warnings: string[] = [];
  const config = resolveConfig({}, env, (warning) => warnings.push(warning));
  const destinations = endpoint === undefined ? config : destinationsAt(endpoint, env);
  return {
    check: configurationCheck(config, destinations, warnings, env),
    variables: setVariables(env, warnings),
    isDefault: endpoint === undefined && !namesDestination(env),
    destinations,
    attributes: config.environmentAttributes,
  };
}

/** Where a signal goes, for people. */
export function shownDestination(destination: SignalDestination): string {
  switch (destination.kind) {
    case 'otlp-http':
      return shownPlace(destination.url);
    case 'console':
      return 'stderr';
    case 'file':
      return 'files';
    case 'none':
      return 'nowhere';
  }
}

function destinationsAt(
  endpoint: string,
  { OTEL_SDK_DISABLED: _off, ...env }: Environment,
): Record<Signal, SignalDestination> {
  return resolveConfig({ exporterEndpoint: endpoint, exporterType: 'otlp-http' }, env, () => {});
}

/** Without OpenTelemetry nothing can be registered; the check of an export says that it is not there. */
function registeredHere(config: ResolvedConfig): string[] {
  try {
    return linesAboutProviders(config);
  } catch {
    return [];
  }
}

function configurationCheck(
  config: ResolvedConfig,
  destinations: Configuration['destinations'],
  warnings: readonly string[],
  env: Environment,
): Check {
  const goes = SIGNALS.map((signal) => `${signal} go to ${shownDestination(destinations[signal])}`).join(
    ', ',
  );
  if (warnings.length > 0) {
    return failed('configuration', {
      what: `${warnings.join('; ')}; ${goes}`,
      fix: 'Correct what is ignored, or unset it: until then the default applies.',
    });
  }
  if (config.disabled) {
    return failed('configuration', {
      what: 'telemetry is turned off: OTEL_SDK_DISABLED is true',
      fix: 'Unset OTEL_SDK_DISABLED to record anything.',
    });
  }
  if (SIGNALS.every((signal) => config[signal].kind === 'none')) {
    return failed('configuration', {
      what: `telemetry is turned off: ${variablesThatTurnOff(env).join(', ')}`,
      fix: 'Unset one of them to record anything.',
    });
  }
  const surprises = registeredHere(config);
  if (surprises.length > 0) {
    return warning('configuration', {
      what: `${goes}; but what NODE_OPTIONS loads registers OpenTelemetry providers: ${surprises.join('; ')}`,
      fix: 'A server in this environment does as this says. Name exporterEndpoint in its code to send there all the same.',
    });
  }
  return ok('configuration', goes);
}
