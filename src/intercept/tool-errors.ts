import { context } from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import type { Operation } from '../operation/operation.ts';
import { CURRENT_OPERATION } from '../signals/context-keys.ts';
import type { HighLevelServer } from './shapes.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Steps of `McpServer`'s tool handler that throw before it turns the exception into a result with `isError`. Private,
 * and missing before v1.24; there a failed tool is a `tool_error` without its exception.
 */
const STEPS = ['validateToolInput', 'executeToolHandler', 'validateToolOutput'] as const;

/** Notes what a tool threw on the operation in whose context it ran. The promise goes back untouched. */
export function watchToolErrors(server: HighLevelServer): void {
  const target = server as unknown as Record<string, unknown>;
  for (const step of STEPS) {
    const original = target[step];
    if (typeof original !== 'function') continue;
    target[step] = function (this: unknown, ...args: unknown[]): unknown {
      const result = (original as Method).apply(this, args);
      guard('reading a tool error', () => noteRejection(result));
      return result;
    };
  }
}

function noteRejection(result: unknown): void {
  if (!(result instanceof Promise)) return;
  const operation = context.active().getValue(CURRENT_OPERATION) as Operation | undefined;
  if (operation === undefined) return;
  result.then(undefined, (error: unknown) => {
    operation.thrown = error;
  });
}
