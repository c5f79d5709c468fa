import { isRecord } from '../protocol/json-rpc.ts';
import type { Subject } from '../protocol/methods.ts';
import type { Limits } from '../signals/signal-parts.ts';
import type { HighLevelServer, LowLevelServer } from './shapes.ts';

/** Whether the server handles `method`, which no specification revision defines; of these there can be too many. */
export function hasHandler(server: LowLevelServer, method: string, limits: Limits): boolean {
  const known = has(server._requestHandlers, method) || has(server._notificationHandlers, method);
  return known && limits.method.takes(method);
}

/** Whether the server registered the tool or prompt, or has listed it or answered for it. */
export function isRegistered(
  server: HighLevelServer | undefined,
  { kind, value }: Subject,
  limits: Limits,
): boolean {
  if (kind === 'resource') return false;
  const registered = kind === 'tool' ? server?._registeredTools : server?._registeredPrompts;
  return (isRecord(registered) && Object.hasOwn(registered, value)) || limits[kind].has(value);
}

/** A framework may have put something else in the place of the map. */
function has(handlers: unknown, method: string): boolean {
  return isRecord(handlers) && typeof handlers['has'] === 'function' && handlers['has'](method) === true;
}
