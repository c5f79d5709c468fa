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

/** Makes the result with `isError`, of the exception's message only. */
const FAILURE = 'createToolError';

/**
 * Notes what a tool threw on the operation in whose context it ran. The promises of the steps go back untouched, and
 * only that of a failed step is listened to: most calls fail in none.
 */
export function watchToolErrors(server: HighLevelServer): void {
  const target = server as unknown as Record<string, unknown>;
  for (const step of STEPS) {
    observe(target, step, (result) => {
      const operation = currentOperation();
      if (operation !== undefined) operation.newestStep = result;
    });
  }
  observe(target, FAILURE, () => {
    const operation = currentOperation();
    if (operation?.newestStep instanceof Promise) noteRejection(operation, operation.newestStep);
  });
}

function observe(target: Record<string, unknown>, method: string, note: (result: unknown) => void): void {
  const original = target[method];
  if (typeof original !== 'function') return;
  target[method] = function (this: unknown, ...args: unknown[]): unknown {
    const result = (original as Method).apply(this, args);
    guard('reading a tool error', () => note(result));
    return result;
  };
}

/** The step has failed already: this is told before the result is sent. */
function noteRejection(operation: Operation, step: Promise<unknown>): void {
  step.then(undefined, (error: unknown) => {
    operation.thrown = error;
  });
}

function currentOperation(): Operation | undefined {
  return context.active().getValue(CURRENT_OPERATION) as Operation | undefined;
}
