import { metrics, trace } from '@opentelemetry/api';
import { logOnce } from '../diagnostics/log.ts';

/** Where all copies of the API in a process keep what is registered. The first one puts its version there. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

interface Registry {
  version?: string;
  trace?: object;
  metrics?: object;
}

/** Says once that another version of the API came first, and holds providers that our copy does not give us. */
export function sayUnseenProviders(): void {
  const found = registry();
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
  return `another version of @opentelemetry/api (${registry()?.version ?? 'unknown'})`;
}

function registry(): Registry | undefined {
  return (globalThis as unknown as Record<symbol, Registry | undefined>)[REGISTRY];
}
