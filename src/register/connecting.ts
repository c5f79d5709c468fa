import { guard } from '../sdk/diagnostics/guard.ts';
import { isClient } from '../sdk/intercept/client-shapes.ts';
import { watchHttpPeers } from '../sdk/intercept/http-peer.ts';
import { markOf } from '../sdk/intercept/link.ts';
import { isServer, type LowLevelServer, serverLevels } from '../sdk/intercept/shapes.ts';
import { ifProcessWide } from '../sdk/process-wide.ts';
import type { TelemetryManager } from '../sdk/telemetry-manager.ts';
import { instrumentUnasked } from '../sdk/unasked.ts';
import { hasServer } from './own-server.ts';

/** What of the package is used; its own copy of it, loaded when the first server or client connects. */
export type Package = Pick<
  typeof import('../index.ts'),
  'instrumentServer' | 'instrumentClient' | 'installShutdownHooks'
>;

/** The application ends as it would without us. What is left when it does is written and sent by then. */
const AS_BEFORE = { exitOnSignal: false, stdin: false } as const;
/** Where it has installed hooks for managers of its own, these say whether a signal ends it. */
const AS_ITS_HOOKS = { stdin: false } as const;

/**
 * Makes the function that the inserted calls call: at the head of a `connect`, with who connects, and in the SDK's own also the
 * transport; at the end of a module that holds one, with nothing. It never throws.
 *
 * @param load - loads the package. Synchronous, for the connection goes on at once
 */
export function createConnecting(load: () => Package): (connecting?: unknown, transport?: unknown) => void {
  const hooked = new WeakSet<TelemetryManager>();
  let watching = false;
  return (connecting, transport) => {
    if (connecting !== undefined) {
      guard('observing a server or client that connects', () => observe(connecting, transport, load, hooked));
    } else if (!watching) {
      watching = true;
      // The manager is made with the first server, which may be when the first HTTP request has begun already.
      guard('watching HTTP requests', watchHttpPeers);
    }
  };
}

function observe(
  connecting: unknown,
  transport: unknown,
  load: () => Package,
  hooked: WeakSet<TelemetryManager>,
): void {
  // Only the SDK's own `connect` is known for what it is by its text.
  if (transport === undefined && !hasServer(connecting)) return;
  const low = serverLevels(connecting)?.low;
  // Servers and clients connect by the same code, and so does what is neither.
  const end = low === undefined ? undefined : endOf(low);
  if (low === undefined || end === undefined) return;
  // The application has instrumented it by itself, or we have.
  if (markOf(low)?.source.active) return;
  const { [end]: instrument, installShutdownHooks } = load();
  const manager = instrumentUnasked(low, () => instrument(connecting as object));
  if (!hooked.has(manager)) {
    hooked.add(manager);
    const hooks = ifProcessWide<{ installed: Set<unknown> }>('shutdown-hooks');
    const hasHooks = hooks !== undefined && hooks.installed.size > 0;
    installShutdownHooks(manager, hasHooks ? AS_ITS_HOOKS : AS_BEFORE);
  }
  // The call stands within this `connect`: what now lies around it is there from the next connection on.
  if (low === connecting) markOf(low)?.connecting?.(low, transport);
}

/** What instruments this end of a connection. */
function endOf(low: LowLevelServer): 'instrumentServer' | 'instrumentClient' | undefined {
  if (isServer(low)) return 'instrumentServer';
  return isClient(low) ? 'instrumentClient' : undefined;
}
