import { guard } from '../diagnostics/guard.ts';
import type { Operation } from '../operation/operation.ts';
import { runInContext } from '../signals/active-context.ts';
import { CURRENT_OPERATION } from '../signals/context-keys.ts';
import { callWatched, type Take } from './handlers.ts';
import type { Link } from './link.ts';

/** Notes a message from the client and hands it on, in the context of its operation. */
export function hear(link: Link, take: Take, self: unknown, message: unknown, extra: unknown): unknown {
  const scope = link.current
    ? guard('noting a message from the client', () => {
        // A transport that was closed by name only goes on.
        link.over = false;
        return link.connection.received(message, extra ?? link.extra);
      })
    : undefined;
  if (scope === undefined) return take.call(self, message, extra);
  const operation = scope.getValue(CURRENT_OPERATION) as Operation;
  return runInContext(scope, () => callWatched(link.low, operation, take, self, message, extra));
}
