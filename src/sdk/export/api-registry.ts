import { metrics, trace } from '@opentelemetry/api';
import { logOnce } from '../diagnostics/log.ts';
import { registeredApis } from '../registered-apis.ts';

/** Says once that another version of the API came first, and holds providers that our copy does not give us. */
export function sayUnseenProviders(): void {
  const found = registeredApis();
  const tracers = found?.trace !== undefined && trace.getTracerProvider() !== found.trace;
  const meters = found?.metrics !== undefined && metrics.getMeterProvider() !== found.metrics;
  if (!tracers && !meters) return;
  logOnce(
    `the application registered its OpenTelemetry providers with ${otherApi()}: this package does not see them. ${ONE_VERSION}`,
  );
}

/** Says once that our context manager was refused. Spans of ours find their request without one. */
export function sayRefusedContext(): void {
  logOnce(
    `${otherApi()} came first in this process: spans of other libraries do not nest with those of this package. ${ONE_VERSION}`,
  );
}

const ONE_VERSION = 'Install one version, see `npm ls @opentelemetry/api`';

function otherApi(): string {
  return `another version of @opentelemetry/api (${registeredApis()?.version ?? 'unknown'})`;
}
