import { isRecord } from '../protocol/json-rpc.ts';
import type { TelemetryConfig } from '../types.ts';
import { shownUrl } from './shown.ts';
import { MAX_HOPS, readTrustProxy } from './trust-proxy.ts';

/** What an option takes. */
export interface Rule {
  takes: string;
  accepts: (value: unknown) => boolean;
  /** The value is a secret: errors name its type only. */
  secret?: true;
}

/** Two characters and more before the colon: `C:\\logs` is a folder. */
const URL_LIKE = /^[a-z][a-z0-9+.-]+:\/\//i;

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Of `trustProxy`. There is no `true`: it would believe whatever a client writes. */
const TAKES_PROXIES = `a number of hops from 0 to ${MAX_HOPS} (1 behind one proxy), or addresses, CIDR ranges, loopback, linklocal or uniquelocal`;

const text: Rule = { takes: 'a non-empty string', accepts: (v) => typeof v === 'string' && v !== '' };
export const flag: Rule = { takes: 'true or false', accepts: (v) => typeof v === 'boolean' };
const hook: Rule = { takes: 'a function', accepts: (v) => typeof v === 'function' };
export const timer: Rule = {
  takes: `a number of milliseconds from 1 to ${MAX_TIMER_MS}`,
  accepts: (v) => typeof v === 'number' && v >= 1 && v <= MAX_TIMER_MS,
};
const oneOf = (...values: string[]): Rule => ({
  takes: `one of ${values.map((v) => `'${v}'`).join(', ')}`,
  accepts: (v) => values.includes(v as string),
});
const withMethods = (what: string, ...methods: string[]): Rule => ({
  takes: what,
  accepts: (v) =>
    typeof v === 'object' && v !== null && methods.every((m) => typeof Reflect.get(v, m) === 'function'),
});

/** Of `sessionSecret`. A shorter one could be guessed, and with it what it hides. */
const MIN_SECRET_LENGTH = 16;

/** One row per option: what it takes. */
export const RULES: { readonly [K in keyof Required<TelemetryConfig>]: Rule } = {
  serverName: text,
  serverVersion: text,
  exporterEndpoint: {
    takes: "an http(s) URL such as 'http://localhost:4318', or a folder with exporterType 'file'",
    accepts: text.accepts,
  },
  exporterType: oneOf('otlp-http', 'console', 'file', 'none'),
  exporterAuth: {
    takes: "{ type: 'bearer', token }, { type: 'apiKey', apiKey } or { type: 'basic', username, password }",
    accepts: isAuth,
    secret: true,
  },
  exporterHeaders: {
    takes: 'an object of strings',
    accepts: (v) => isRecord(v) && Object.values(v).every((header) => typeof header === 'string'),
    secret: true,
  },
  samplingRate: {
    takes: 'a number from 0 to 1',
    accepts: (v) => typeof v === 'number' && v >= 0 && v <= 1,
  },
  metricExportIntervalMs: timer,
  batchTimeoutMs: timer,
  shutdownTimeoutMs: timer,
  exitDelivery: flag,
  enableTracing: flag,
  enableMetrics: flag,
  enableArgumentCollection: flag,
  enableResultCollection: flag,
  enableErrorTextCollection: flag,
  enablePIISanitization: flag,
  dataProcessors: {
    takes: 'an array of functions',
    accepts: (v) => Array.isArray(v) && v.every((f) => typeof f === 'function'),
  },
  maxAttributeLength: {
    takes: 'a whole number from 16 to 1048576',
    accepts: (v) => Number.isInteger(v) && (v as number) >= 16 && (v as number) <= 1_048_576,
  },
  sessionScope: oneOf('process', 'client'),
  inferSessions: flag,
  trustProxy: { takes: TAKES_PROXIES, accepts: (v) => readTrustProxy(v) !== undefined },
  readConversationIds: flag,
  sessionSecret: {
    takes: `a text of at least ${MIN_SECRET_LENGTH} characters`,
    accepts: (v) => typeof v === 'string' && v.trim().length >= MIN_SECRET_LENGTH,
    secret: true,
  },
  sessionKey: hook,
  sessionIdleTimeoutMs: timer,
  sessionUpdateIntervalMs: timer,
  metricSessionId: flag,
  identifyUser: hook,
  resourceAttributes: {
    takes: 'an object of strings, numbers and booleans',
    accepts: (v) =>
      isRecord(v) && Object.values(v).every((x) => ['string', 'number', 'boolean'].includes(typeof x)),
  },
  tracerProvider: withMethods('an OpenTelemetry TracerProvider', 'getTracer'),
  meterProvider: withMethods('an OpenTelemetry MeterProvider', 'getMeter'),
  propagateToClient: flag,
  propagateToServer: flag,
  resourceUriInSpanName: flag,
  propagator: withMethods('an OpenTelemetry TextMapPropagator', 'inject', 'extract'),
};

/** The names of all options. */
export const OPTIONS: readonly string[] = Object.keys(RULES);

/**
 * Checks every option that is given.
 *
 * @returns the names of unknown options, which are ignored.
 * @throws one TypeError that names every wrong field, what it got and what it takes.
 */
export function validateConfig(config: TelemetryConfig): string[] {
  if (!isRecord(config))
    throw new TypeError(`mcp-sessionscope: config must be an object, got ${shown(config)}`);
  const wrong: string[] = [];
  const unknown: string[] = [];
  for (const [field, value] of Object.entries(config)) {
    const rule = Object.hasOwn(RULES, field) ? RULES[field as keyof TelemetryConfig] : undefined;
    if (rule === undefined) unknown.push(field);
    else if (value !== undefined && !rule.accepts(value)) {
      wrong.push(`${field} must be ${rule.takes}, got ${rule.secret ? unshown(value) : shown(value)}`);
    }
  }
  const endpoint = endpointProblem(config);
  if (endpoint !== undefined) wrong.push(endpoint);
  if (wrong.length > 0) throw new TypeError(`mcp-sessionscope: ${wrong.join('; ')}`);
  return unknown;
}

/** Whether `value` is a URL that OTLP/HTTP can be sent to. */
export function isHttpUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}

function endpointProblem(config: TelemetryConfig): string | undefined {
  const { exporterEndpoint: endpoint, exporterType: type } = config;
  if (typeof endpoint !== 'string' || endpoint === '') return undefined;
  if (type === 'file') {
    // It would become a folder named `http:` in the working directory.
    return URL_LIKE.test(endpoint)
      ? `exporterEndpoint must be a folder with exporterType 'file', got ${shown(endpoint)}`
      : undefined;
  }
  if (isHttpUrl(endpoint)) return undefined;
  return `exporterEndpoint must be ${RULES.exporterEndpoint.takes}, got ${shown(endpoint)}`;
}

function isAuth(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const filled = (field: string): boolean => text.accepts(value[field]);
  if (value['type'] === 'bearer') return filled('token');
  if (value['type'] === 'apiKey') return filled('apiKey');
  return value['type'] === 'basic' && filled('username') && filled('password');
}

/** A secret that is wrong. */
function unshown(value: unknown): string {
  return typeof value === 'string' ? `a text of ${value.length} characters` : typeof value;
}

/** A wrong value as an error names it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    const text = shownUrl(value);
    return `'${text.length > 80 ? `${text.slice(0, 80)}…` : text}'`;
  }
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
