import type { RecordedSignal } from '../../explorer/recording/signal.ts';
import { parseHeaders } from '../../sdk/config/pairs.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that hold headers for a signal; the later ones win, name by name. */
export function headerVariables(signal: RecordedSignal): string[] {
  return ['OTEL_EXPORTER_OTLP_HEADERS', `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`];
}

/** The headers that the environment has for a signal, as a server reads them. */
export function headersOf(env: Environment, signal: RecordedSignal): Record<string, string> {
  return Object.assign({}, ...headerVariables(signal).map((name) => parseHeaders(env[name] ?? '').values));
}
