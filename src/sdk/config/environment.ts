import { type Pairs, parseHeaders, parsePairs } from './pairs.ts';
import { type Read, readSpanLimits, type SpanLimits } from './span-limits.ts';
import { isHttpUrl } from './validate.ts';
import { asFlag, type OptionSettings, readOptions, shownText, wrongValue } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A sampler of the OpenTelemetry environment, as the share of traces it keeps. */
export interface SamplerSetting {
  parentBased: boolean;
  /** 0 to 1. */
  ratio: number;
}

/** What the environment says of how a signal is sent. */
export interface Sending {
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  compression: 'gzip' | 'none';
}

/** How the data points of an export relate to those of the one before. */
export type Temporality = 'cumulative' | 'delta' | 'lowmemory';

/** What the variables of the environment say; `undefined` where they say nothing that can be used. */
export interface EnvironmentSettings {
  disabled: boolean;
  /** Those that one variable says. */
  options: OptionSettings;
  tracesUrl: string | undefined;
  metricsUrl: string | undefined;
  tracesExporter: 'otlp-http' | 'console' | 'none' | undefined;
  metricsExporter: 'otlp-http' | 'console' | 'none' | undefined;
  sampler: SamplerSetting | undefined;
  propagators: readonly string[] | undefined;
  exceptionEvents: boolean;
  maxQueueSize: number | undefined;
  maxExportBatchSize: number | undefined;
  sending: Readonly<Record<'traces' | 'metrics', Sending>>;
  temporality: Temporality | undefined;
  resourceAttributes: Readonly<Record<string, string>>;
  spanLimits: SpanLimits;
}

const EXPORTERS = { otlp: 'otlp-http', console: 'console', none: 'none' } as const;
/** The one that the specification has. */
const DEFAULT_TIMEOUT_MS = 10_000;
const PROPAGATORS: readonly string[] = ['tracecontext', 'baggage'];

/** Share of traces kept, by sampler name; `undefined` stands for `OTEL_TRACES_SAMPLER_ARG`. */
const SAMPLERS: Readonly<Record<string, { parentBased: boolean; ratio?: number }>> = {
  always_on: { parentBased: false, ratio: 1 },
  always_off: { parentBased: false, ratio: 0 },
  traceidratio: { parentBased: false },
  parentbased_always_on: { parentBased: true, ratio: 1 },
  parentbased_always_off: { parentBased: true, ratio: 0 },
  parentbased_traceidratio: { parentBased: true },
};

/** Reads the `OTEL_*` variables, and ours. An empty one counts as unset; a wrong one is passed to `warn` and ignored. */
export function readEnvironment(env: Environment, tell: Warn): EnvironmentSettings {
  const said = new Set<string>();
  // What both signals read is said once.
  const warn = (message: string): void => {
    if (!said.has(message)) tell(message);
    said.add(message);
  };
  const read = reader(env, warn);
  const base = read('OTEL_EXPORTER_OTLP_ENDPOINT', 'an http(s) URL', url);
  read('OTEL_EXPORTER_OTLP_PROTOCOL', "'http/json' or 'http/protobuf' (OTLP is sent as http/json)", (v) =>
    v === 'http/json' || v === 'http/protobuf' ? v : undefined,
  );
  return {
    disabled: read('OTEL_SDK_DISABLED', "'true' or 'false'", asFlag) ?? false,
    options: readOptions(env, warn),
    tracesUrl: read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'an http(s) URL', url) ?? signalUrl(base, 'traces'),
    metricsUrl:
      read('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'an http(s) URL', url) ?? signalUrl(base, 'metrics'),
    tracesExporter: read('OTEL_TRACES_EXPORTER', 'otlp, console or none', exporter),
    metricsExporter: read('OTEL_METRICS_EXPORTER', 'otlp, console or none', exporter),
    sampler: samplerSetting(read),
    propagators: read('OTEL_PROPAGATORS', 'a list of tracecontext and baggage, or none', propagators),
    exceptionEvents: exceptionEvents(read, warn),
    maxQueueSize: read('OTEL_BSP_MAX_QUEUE_SIZE', 'a whole number of spans above 0', whole),
    maxExportBatchSize: read('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'a whole number of spans above 0', whole),
    sending: { traces: sending(env, read, warn, 'traces'), metrics: sending(env, read, warn, 'metrics') },
    temporality: read(
      'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
      'cumulative, delta or lowmemory',
      temporality,
    ),
    resourceAttributes: readPairs(env, warn, 'OTEL_RESOURCE_ATTRIBUTES', parsePairs),
    spanLimits: readSpanLimits(read),
  };
}

/** The conventions move exceptions from span events to logs, of which there are none here: `logs` only takes away. */
function exceptionEvents(read: Read, warn: (message: string) => void): boolean {
  const name = 'OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN';
  const signal = read(name, "'logs' or 'logs/dup'", (v) =>
    v === 'logs' || v === 'logs/dup' ? v : undefined,
  );
  if (signal === 'logs')
    warn(
      `${name}=logs: exceptions are recorded by their class alone, without span events; there are no logs`,
    );
  return signal !== 'logs';
}

/** The URL of a signal below a base; a base that ends in `/v1`, or in the signal's own path, is taken as meant. */
export function signalUrl(
  base: string | undefined,
  signal: 'traces' | 'metrics' | 'logs',
): string | undefined {
  if (base === undefined) return undefined;
  const parsed = new URL(base);
  const path = parsed.pathname.replace(/\/+$/, '').replace(/\/v1(\/(traces|metrics|logs))?$/, '');
  parsed.pathname = `${path}/v1/${signal}`;
  return parsed.href;
}

/** By signal: the variable for both, and the stronger one for it alone. */
const SENDING = {
  traces: {
    headers: ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'],
    timeout: ['OTEL_EXPORTER_OTLP_TIMEOUT', 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'],
    compression: ['OTEL_EXPORTER_OTLP_COMPRESSION', 'OTEL_EXPORTER_OTLP_TRACES_COMPRESSION'],
  },
  metrics: {
    headers: ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_METRICS_HEADERS'],
    timeout: ['OTEL_EXPORTER_OTLP_TIMEOUT', 'OTEL_EXPORTER_OTLP_METRICS_TIMEOUT'],
    compression: ['OTEL_EXPORTER_OTLP_COMPRESSION', 'OTEL_EXPORTER_OTLP_METRICS_COMPRESSION'],
  },
} as const;

/** What OpenTelemetry's exporters would read themselves, and ignore without a word where it is wrong. */
function sending(env: Environment, read: Read, warn: Warn, signal: 'traces' | 'metrics'): Sending {
  const { headers, timeout, compression: compressions } = SENDING[signal];
  const timeouts = timeout.map((name) => read(name, 'a number of milliseconds above 0', positive));
  const chosen = compressions.map((name) => read(name, 'gzip or none', compression));
  return {
    headers: Object.assign({}, ...headers.map((name) => readPairs(env, warn, name, parseHeaders))),
    timeoutMs: timeouts[1] ?? timeouts[0] ?? DEFAULT_TIMEOUT_MS,
    compression: chosen[1] ?? chosen[0] ?? 'none',
  };
}

/** The pairs that can be used; of the others the place is said, for what stands there may be secret. */
function readPairs(
  env: Environment,
  warn: Warn,
  name: string,
  parse: (text: string) => Pairs,
): Record<string, string> {
  const { values, wrong } = parse(env[name] ?? '');
  for (const place of wrong)
    warn(`${name} is ignored in part: its part ${place} is no key=value that can be used`);
  return values;
}

type Warn = (message: string) => void;

function reader(env: Environment, warn: Warn): Read {
  return (name, takes, parse) => {
    const value = env[name]?.trim();
    if (value === undefined || value === '') return undefined;
    const parsed = parse(value);
    if (parsed === undefined) warn(wrongValue(name, takes, `'${shownText(value)}'`));
    return parsed;
  };
}

function samplerSetting(read: Read): SamplerSetting | undefined {
  const name = read('OTEL_TRACES_SAMPLER', `one of ${Object.keys(SAMPLERS).join(', ')}`, (v) =>
    Object.hasOwn(SAMPLERS, v) ? v : undefined,
  );
  const sampler = name === undefined ? undefined : SAMPLERS[name];
  if (sampler === undefined) return undefined;
  const ratio = sampler.ratio ?? read('OTEL_TRACES_SAMPLER_ARG', 'a number from 0 to 1', share) ?? 1;
  return { parentBased: sampler.parentBased, ratio };
}

const url = (value: string): string | undefined => (isHttpUrl(value) ? value : undefined);

const exporter = (value: string): 'otlp-http' | 'console' | 'none' | undefined =>
  Object.hasOwn(EXPORTERS, value) ? EXPORTERS[value as keyof typeof EXPORTERS] : undefined;

const positive = (value: string): number | undefined => {
  const number = Number(value);
  return number > 0 && number < 2 ** 31 ? number : undefined;
};

const whole = (value: string): number | undefined => {
  const number = positive(value);
  return Number.isInteger(number) ? number : undefined;
};

const share = (value: string): number | undefined => {
  const number = Number(value);
  return number >= 0 && number <= 1 ? number : undefined;
};

const compression = (value: string): 'gzip' | 'none' | undefined =>
  value === 'gzip' || value === 'none' ? value : undefined;

const temporality = (value: string): Temporality | undefined => {
  const lower = value.toLowerCase();
  return lower === 'cumulative' || lower === 'delta' || lower === 'lowmemory' ? lower : undefined;
};

const propagators = (value: string): string[] | undefined => {
  const names = value.split(',').map((name) => name.trim());
  if (names.length === 1 && names[0] === 'none') return [];
  return names.every((name) => PROPAGATORS.includes(name)) ? names : undefined;
};
