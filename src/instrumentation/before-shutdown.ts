import type { TelemetryManager } from '../index.ts';
import { guard } from '../sdk/diagnostics/guard.ts';
import { endAtOnce } from '../sdk/end-at-once.ts';
import { delegateOf } from '../sdk/export/global-providers.ts';
import { replaceMethod } from '../sdk/intercept/replace.ts';

/** Those that end with a provider. */
const ending = new WeakMap<object, Set<TelemetryManager>>();

/**
 * Ends a manager when the application shuts the provider down, before the provider is: what the end of its sessions leaves
 * behind is still exported. `NodeSDK.shutdown()` says nothing to instrumentations.
 */
export function endBefore(provider: object, manager: TelemetryManager): void {
  const target = delegateOf(provider);
  const known = ending.get(target);
  const managers = known ?? new Set();
  for (const each of managers) if (each.isShutdown) managers.delete(each);
  managers.add(manager);
  if (known !== undefined) return;
  ending.set(target, managers);
  replaceMethod(target, 'shutdown', (shutdown) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      for (const each of managers) guard('the end before a provider', () => endAtOnce(each));
      managers.clear();
      return shutdown.apply(this, args);
    };
  });
}
