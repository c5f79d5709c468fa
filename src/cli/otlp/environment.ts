import type { Signal } from '../../explorer/recording/signal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that hold headers for a signal; the later ones win, name by name. */
export function headerVariables(signal: Signal): string[] {
  return ['OTEL_EXPORTER_OTLP_HEADERS', `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`];
}

/** The headers that the environment has for a signal, as the OpenTelemetry exporters read them. */
export function headersOf(env: Environment, signal: Signal): Record<string, string> {
  return Object.assign({}, ...headerVariables(signal).map((name) => parseHeaders(env[name] ?? '')));
}

/** `key=value,key=value`, percent-encoded. What is no pair is left out. */
export function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const equals = pair.indexOf('=');
    if (equals <= 0) continue;
    headers[decode(pair.slice(0, equals)).toLowerCase()] = decode(pair.slice(equals + 1));
  }
  return headers;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text.trim();
  }
}
