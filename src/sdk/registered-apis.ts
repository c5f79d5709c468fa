import type { ContextManager } from '@opentelemetry/api';

/** Where all copies of `@opentelemetry/api` in a process keep what is registered. The first one puts its version there. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

interface RegisteredApis {
  version?: string;
  context?: ContextManager;
  trace?: object;
  metrics?: object;
}

/** What is registered, with whatever version of the API. Nothing where no copy has registered anything yet. */
export function registeredApis(): RegisteredApis | undefined {
  return (globalThis as { [REGISTRY]?: RegisteredApis })[REGISTRY];
}
