import { SIGNALS } from '../../explorer/recording/signal.ts';
import { TRACE_URL_VARIABLE } from '../../explorer/text/trace-url.ts';
import { didYouMean } from '../../sdk/config/did-you-mean.ts';
import { parseHeaders, parsePairs } from '../../sdk/config/pairs.ts';
import { hiderOf, shownUrl } from '../../sdk/config/shown.ts';
import { isHttpUrl } from '../../sdk/config/validate.ts';
import { OPTION_VARIABLES } from '../../sdk/config/variables.ts';
import { headerVariables } from '../otlp/environment.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A variable of the environment that telemetry depends on. */
export interface Variable {
  readonly name: string;
  /** For people: without secrets. */
  readonly value: string;
  /** `unknown`: neither the package nor what it sends with is known to read it. */
  readonly use: 'read' | 'ignored' | 'ignored in part' | 'unknown';
}

/** Per `OTEL_EXPORTER_OTLP_`, and per signal behind that. */
const OTLP = [
  'ENDPOINT',
  'HEADERS',
  'TIMEOUT',
  'COMPRESSION',
  'CERTIFICATE',
  'CLIENT_CERTIFICATE',
  'CLIENT_KEY',
];

const SESSION_SECRET = OPTION_VARIABLES.sessionSecret.name;

const KNOWN = new Set<string>([
  'MCP_SESSIONSCOPE_DIR',
  TRACE_URL_VARIABLE,
  ...Object.values(OPTION_VARIABLES).map(({ name }) => name),
  'OTEL_SDK_DISABLED',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_PROPAGATORS',
  'OTEL_TRACES_EXPORTER',
  'OTEL_METRICS_EXPORTER',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_BSP_MAX_QUEUE_SIZE',
  'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  ...['', 'TRACES_', 'METRICS_'].flatMap((signal) =>
    OTLP.map((name) => `OTEL_EXPORTER_OTLP_${signal}${name}`),
  ),
]);
const TURNING_OFF = [
  [OPTION_VARIABLES.exporterType.name, 'none'],
  [OPTION_VARIABLES.enableTracing.name, 'false'],
  [OPTION_VARIABLES.enableMetrics.name, 'false'],
  ['OTEL_TRACES_EXPORTER', 'none'],
  ['OTEL_METRICS_EXPORTER', 'none'],
] as const;
/** Limits of spans and of what they hold: OpenTelemetry has many. */
const KNOWN_LIMIT = /^OTEL_(SPAN_|LINK_|EVENT_)?(ATTRIBUTE|EVENT|LINK)_.*LIMIT$/;
const MAX_SHOWN = 160;

/** The variables that are set, by name. `ignored` are those that a warning of the configuration names. */
export function setVariables(env: Environment, warnings: readonly string[]): Variable[] {
  return Object.entries(env)
    .filter(([name, value]) => /^(OTEL_|MCP_SESSIONSCOPE)/.test(name) && value !== undefined && value !== '')
    .map(([name, value]) => ({
      name,
      value: isKnown(name) ? shownValue(name, value as string) : '…',
      use: useOf(name, warnings),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Which variable may be meant by one that is not known. */
export function meantVariable(name: string): string {
  return didYouMean(name, KNOWN);
}

/** The variables that leave a signal unrecorded, as `name=value`. */
export function variablesThatTurnOff(env: Environment): string[] {
  return TURNING_OFF.filter(([name, value]) => env[name]?.trim().toLowerCase() === value).map((pair) =>
    pair.join('='),
  );
}

/** Where something is sent to: without user, password and query. */
export function shownPlace(text: string): string {
  if (!isHttpUrl(text)) return shownUrl(text);
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname === '/' ? '' : pathname}`;
}

/** A function that takes the secrets of the environment and of the given URLs out of a text. */
export function secretsHider(env: Environment, urls: readonly string[]): (text: string) => string {
  const headers = SIGNALS.flatMap(headerVariables).flatMap((name) => {
    const text = env[name] ?? '';
    return [...Object.values(parseHeaders(text).values), ...text.split(',').map(behindEquals)];
  });
  const inUrls = urls.filter(isHttpUrl).flatMap((text) => {
    const { password, search } = new URL(text);
    return [password, decodeSafely(password), search.slice(1)];
  });
  return hiderOf([...headers, ...inUrls, env[SESSION_SECRET]?.trim() ?? '']);
}

function useOf(name: string, warnings: readonly string[]): Variable['use'] {
  const warned = warnings.find((warning) => warning.startsWith(`${name} is ignored`));
  if (warned !== undefined)
    return warned.startsWith(`${name} is ignored in part`) ? 'ignored in part' : 'ignored';
  return isKnown(name) ? 'read' : 'unknown';
}

function isKnown(name: string): boolean {
  return KNOWN.has(name) || KNOWN_LIMIT.test(name);
}

function shownValue(name: string, value: string): string {
  if (name.endsWith('_HEADERS')) {
    return Object.keys(parseHeaders(value).values)
      .map((header) => `${header}=…`)
      .join(',');
  }
  if (name === SESSION_SECRET) return '…';
  if (name === 'OTEL_RESOURCE_ATTRIBUTES') return cut(shownPairs(value));
  // Whatever it is meant to be, somebody may have put a URL there.
  return cut(name.endsWith('_ENDPOINT') ? shownPlace(value) : shownUrl(value));
}

/** As they are read: what is no pair is not there. */
function shownPairs(text: string): string {
  return Object.entries(parsePairs(text).values)
    .map((pair) => pair.join('='))
    .join(',');
}

function cut(value: string): string {
  return value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
}

function behindEquals(pair: string): string {
  return pair.slice(pair.indexOf('=') + 1).trim();
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
