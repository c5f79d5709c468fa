import type { DataProcessor, ExporterAuth, TelemetryConfig } from '../types.ts';
import { DEFAULTS } from './defaults.ts';
import { didYouMean } from './did-you-mean.ts';
import {
  type Environment,
  type EnvironmentSettings,
  readEnvironment,
  type SamplerSetting,
  type Sending,
  signalUrl,
  type Temporality,
} from './environment.ts';
import { lowerCaseNames } from './pairs.ts';
import type { SpanLimits } from './span-limits.ts';
import { readTrustProxy, type TrustProxy } from './trust-proxy.ts';
import { OPTIONS, validateConfig } from './validate.ts';
import type { OptionSettings } from './variables.ts';

/** An OTLP/HTTP receiver, and how to send to it. */
export interface OtlpDestination extends Sending {
  kind: 'otlp-http';
  url: string;
}

/** Where one signal goes. */
export type SignalDestination =
  | OtlpDestination
  | { kind: 'console' }
  | { kind: 'file'; dir: string | undefined }
  | { kind: 'none' };

/**
 * Who names the place that a signal goes to; to name none is to leave it open. `variable`: one of ours, which nobody else
 * reads; `environment`: one of OpenTelemetry's, which the application's own SDK may have read too.
 */
export type NamedBy = 'code' | 'variable' | 'environment' | 'nobody';

type Defaulted = Omit<
  typeof DEFAULTS,
  'exporterEndpoint' | 'exporterType' | 'samplingRate' | 'sessionScope' | 'trustProxy'
>;
type Widen<T> = T extends boolean ? boolean : number;
type WithDefaults = { [K in keyof Defaulted]: Widen<Defaulted[K]> };
type Passed = Pick<
  TelemetryConfig,
  | 'serverName'
  | 'serverVersion'
  | 'sessionKey'
  | 'sessionSecret'
  | 'identifyUser'
  | 'tracerProvider'
  | 'meterProvider'
  | 'propagator'
>;

/** Every option with its value; the only form of the configuration that the rest of the code sees. */
export interface ResolvedConfig extends WithDefaults, Passed {
  sessionScope: 'process' | 'client';
  /** The operator has turned telemetry off: nothing is recorded, not even into the application's own providers. */
  disabled: boolean;
  /** Who says where a signal goes. */
  named: Readonly<Record<'traces' | 'metrics', NamedBy>>;
  traces: SignalDestination;
  metrics: SignalDestination;
  sampler: SamplerSetting;
  trustProxy: TrustProxy;
  dataProcessors: readonly DataProcessor[];
  resourceAttributes: Readonly<Record<string, string | number | boolean>>;
  /** Those of the environment, which a name in the code wins over. */
  environmentAttributes: Readonly<Record<string, string>>;
  temporality: Temporality;
  spanLimits: SpanLimits;
  /** Names of the propagators to use where the application has none. */
  propagators: readonly string[];
  /** Whether exceptions become events of their spans. */
  exceptionEvents: boolean;
  /** Spans that wait for export at most; further ones are dropped and counted. */
  maxQueueSize: number;
  /** Spans per export request. */
  maxExportBatchSize: number;
}

/** What is said of variables that an SDK reads. That of the application may understand what we do not, such as `grpc`. */
const OF_SDK = /^OTEL_(?:EXPORTER|TRACES|METRICS?|BSP|PROPAGATORS|RESOURCE|SPAN|EVENT|LINK|ATTRIBUTE)/;

/**
 * Makes one frozen configuration out of code, environment and defaults, in this precedence.
 *
 * @throws TypeError for wrong values in `config`.
 */
export function resolveConfig(
  config: TelemetryConfig,
  env: Environment,
  warn: (message: string) => void,
): ResolvedConfig {
  const unknown = new Set(validateConfig(config));
  for (const name of unknown) warn(`unknown option '${name}' is ignored${didYouMean(name, OPTIONS)}`);
  const bringsSdk = config.tracerProvider !== undefined || config.meterProvider !== undefined;
  const fromEnv = readEnvironment(env, (message) => {
    if (!bringsSdk || !OF_SDK.test(message)) warn(message);
  });
  const given = Object.fromEntries(
    Object.entries(config).filter(([name, value]) => value !== undefined && !unknown.has(name)),
  );
  const { exporterEndpoint: _e, exporterType: _t, samplingRate: _s, ...defaults } = DEFAULTS;
  const resolved = {
    ...defaults,
    ...withoutExporter(fromEnv.options),
    ...(given as TelemetryConfig),
    disabled: fromEnv.disabled,
    named: { traces: namedBy(config, fromEnv, 'traces'), metrics: namedBy(config, fromEnv, 'metrics') },
    traces: destination(config, fromEnv, 'traces'),
    metrics: destination(config, fromEnv, 'metrics'),
    sampler: samplerOf(config, fromEnv),
    trustProxy: proxiesOf(config, fromEnv),
    dataProcessors: config.dataProcessors ?? [],
    resourceAttributes: config.resourceAttributes ?? {},
    environmentAttributes: fromEnv.resourceAttributes,
    temporality: fromEnv.temporality ?? 'cumulative',
    spanLimits: fromEnv.spanLimits,
    propagators: fromEnv.propagators ?? ['tracecontext', 'baggage'],
    exceptionEvents: fromEnv.exceptionEvents,
    maxQueueSize: fromEnv.maxQueueSize ?? 2048,
    maxExportBatchSize: fromEnv.maxExportBatchSize ?? 512,
  };
  return Object.freeze(resolved) as ResolvedConfig;
}

function namedBy(config: TelemetryConfig, env: EnvironmentSettings, signal: 'traces' | 'metrics'): NamedBy {
  if (destination(config, env, signal).kind === 'none') return 'nobody';
  if (config.exporterType !== undefined || config.exporterEndpoint !== undefined) return 'code';
  if (env.options.exporterType !== undefined) return 'variable';
  const [exporter, url] =
    signal === 'traces' ? [env.tracesExporter, env.tracesUrl] : [env.metricsExporter, env.metricsUrl];
  return exporter !== undefined || url !== undefined ? 'environment' : 'nobody';
}

function destination(
  config: TelemetryConfig,
  env: EnvironmentSettings,
  signal: 'traces' | 'metrics',
): SignalDestination {
  const option = signal === 'traces' ? 'enableTracing' : 'enableMetrics';
  const enabled = config[option] ?? env.options[option];
  const envExporter = signal === 'traces' ? env.tracesExporter : env.metricsExporter;
  const kind = config.exporterType ?? env.options.exporterType ?? envExporter ?? DEFAULTS.exporterType;
  // OTEL_SDK_DISABLED is the operator's switch; no option of the code says the same, so none overrules it.
  if (enabled === false || env.disabled || kind === 'none') return { kind: 'none' };
  if (kind === 'console') return { kind };
  // Beside a word of the environment alone, the endpoint of the code is a URL.
  if (kind === 'file')
    return { kind, dir: config.exporterType === undefined ? undefined : config.exporterEndpoint };
  const envUrl = signal === 'traces' ? env.tracesUrl : env.metricsUrl;
  const url =
    signalUrl(config.exporterEndpoint, signal) ?? envUrl ?? signalUrl(DEFAULTS.exporterEndpoint, signal);
  return {
    kind,
    url: url as string,
    ...env.sending[signal],
    headers: {
      ...env.sending[signal].headers,
      ...authHeader(config.exporterAuth),
      ...lowerCaseNames(config.exporterHeaders ?? {}),
    },
  };
}

function authHeader(auth: ExporterAuth | undefined): Record<string, string> {
  if (auth === undefined) return {};
  if (auth.type === 'bearer') return { authorization: `Bearer ${auth.token}` };
  if (auth.type === 'apiKey') return { 'x-api-key': auth.apiKey ?? '' };
  const credentials = new TextEncoder().encode(`${auth.username}:${auth.password}`);
  return { authorization: `Basic ${btoa(String.fromCharCode(...credentials))}` };
}

function samplerOf(config: TelemetryConfig, env: EnvironmentSettings): SamplerSetting {
  if (config.samplingRate !== undefined) return { parentBased: true, ratio: config.samplingRate };
  return env.sampler ?? { parentBased: true, ratio: DEFAULTS.samplingRate };
}

function proxiesOf({ trustProxy }: TelemetryConfig, env: EnvironmentSettings): TrustProxy {
  return readTrustProxy(trustProxy ?? env.options.trustProxy ?? DEFAULTS.trustProxy) as TrustProxy;
}

/** Where signals go is said by their destinations. */
function withoutExporter({ exporterType: _, ...rest }: OptionSettings): OptionSettings {
  return rest;
}
