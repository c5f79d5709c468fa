import type { TelemetryConfig } from '../types.ts';
import { shownUrl } from './shown.ts';
import { RULES } from './validate.ts';

/** How one option is said in the environment. */
interface Variable {
  readonly name: string;
  /** What the text stands for. Whether the option takes it is for the option's rule to say. */
  readonly parse: (text: string) => unknown;
}

const asText = (text: string): string => text;

/** In any case of the letters, as OpenTelemetry has it. */
export const asFlag = (text: string): boolean | undefined => {
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
};

/**
 * Every option that one text can say, and the variable that says it: OpenTelemetry's, where it has one, else ours, with the
 * option's own name. Where a signal is sent, with which headers and how it is sampled takes several of OpenTelemetry's:
 * `readEnvironment` reads these.
 */
export const OPTION_VARIABLES = {
  serverName: { name: 'OTEL_SERVICE_NAME', parse: asText },
  serverVersion: { name: 'MCP_SESSIONSCOPE_SERVER_VERSION', parse: asText },
  exporterType: { name: 'MCP_SESSIONSCOPE_EXPORTER_TYPE', parse: asText },
  metricExportIntervalMs: { name: 'OTEL_METRIC_EXPORT_INTERVAL', parse: Number },
  batchTimeoutMs: { name: 'OTEL_BSP_SCHEDULE_DELAY', parse: Number },
  shutdownTimeoutMs: { name: 'MCP_SESSIONSCOPE_SHUTDOWN_TIMEOUT_MS', parse: Number },
  exitDelivery: { name: 'MCP_SESSIONSCOPE_EXIT_DELIVERY', parse: asFlag },
  enableTracing: { name: 'MCP_SESSIONSCOPE_ENABLE_TRACING', parse: asFlag },
  enableMetrics: { name: 'MCP_SESSIONSCOPE_ENABLE_METRICS', parse: asFlag },
  enableArgumentCollection: { name: 'MCP_SESSIONSCOPE_ENABLE_ARGUMENT_COLLECTION', parse: asFlag },
  enableResultCollection: { name: 'MCP_SESSIONSCOPE_ENABLE_RESULT_COLLECTION', parse: asFlag },
  enableErrorTextCollection: { name: 'MCP_SESSIONSCOPE_ENABLE_ERROR_TEXT_COLLECTION', parse: asFlag },
  enablePIISanitization: { name: 'MCP_SESSIONSCOPE_ENABLE_PII_SANITIZATION', parse: asFlag },
  maxAttributeLength: { name: 'MCP_SESSIONSCOPE_MAX_ATTRIBUTE_LENGTH', parse: Number },
  sessionScope: { name: 'MCP_SESSIONSCOPE_SESSION_SCOPE', parse: asText },
  inferSessions: { name: 'MCP_SESSIONSCOPE_INFER_SESSIONS', parse: asFlag },
  readConversationIds: { name: 'MCP_SESSIONSCOPE_READ_CONVERSATION_IDS', parse: asFlag },
  sessionSecret: { name: 'MCP_SESSIONSCOPE_SESSION_SECRET', parse: asText },
  trustProxy: { name: 'MCP_SESSIONSCOPE_TRUST_PROXY', parse: asText },
  sessionIdleTimeoutMs: { name: 'MCP_SESSIONSCOPE_SESSION_IDLE_TIMEOUT_MS', parse: Number },
  sessionUpdateIntervalMs: { name: 'MCP_SESSIONSCOPE_SESSION_UPDATE_INTERVAL_MS', parse: Number },
  metricSessionId: { name: 'MCP_SESSIONSCOPE_METRIC_SESSION_ID', parse: asFlag },
  propagateToClient: { name: 'MCP_SESSIONSCOPE_PROPAGATE_TO_CLIENT', parse: asFlag },
  propagateToServer: { name: 'MCP_SESSIONSCOPE_PROPAGATE_TO_SERVER', parse: asFlag },
  resourceUriInSpanName: { name: 'MCP_SESSIONSCOPE_RESOURCE_URI_IN_SPAN_NAME', parse: asFlag },
} as const satisfies { readonly [Option in keyof TelemetryConfig]?: Variable };

/** The options that the environment gives. */
export type OptionSettings = Pick<TelemetryConfig, keyof typeof OPTION_VARIABLES>;

/** Reads them. An empty variable counts as unset; a wrong one is passed to `warn` and ignored. */
export function readOptions(
  env: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
): OptionSettings {
  const values: Record<string, unknown> = {};
  for (const [option, { name, parse }] of Object.entries(OPTION_VARIABLES)) {
    const text = env[name]?.trim();
    if (text === undefined || text === '') continue;
    const { takes, accepts, secret } = RULES[option as keyof OptionSettings];
    const value = parse(text);
    if (accepts(value)) values[option] = value;
    // A wrong secret may be the beginning of the right one.
    else warn(wrongValue(name, takes, secret ? `${text.length} characters` : `'${shownText(text)}'`));
  }
  return values as OptionSettings;
}

/** What is said of a variable that cannot be used. */
export function wrongValue(name: string, takes: string, got: string): string {
  return `${name} is ignored: it takes ${takes}, got ${got}`;
}

/** A wrong value, for people: short, and without credentials. */
export function shownText(text: string): string {
  return shownUrl(text).slice(0, 80);
}
