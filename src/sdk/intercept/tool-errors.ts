import { guard } from '../diagnostics/guard.ts';
import { currentOperation } from '../signals/current-operation.ts';
import { type Method, replaceMethod, sharing } from './replace.ts';
import type { HighLevelServer } from './shapes.ts';

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
  for (const step of STEPS) replaceMethod(server, step, watchingSteps);
  replaceMethod(server, FAILURE, watchingFailures);
}

const watchingSteps = sharing((original) => noting(original, noteStep));
const watchingFailures = sharing((original) => noting(original, noteFailure));

function noting(original: Method, note: (result: unknown) => void): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const result = original.apply(this, args);
    guard('reading a tool error', () => note(result));
    return result;
  };
}

function noteStep(result: unknown): void {
  const operation = currentOperation();
  if (operation !== undefined) operation.newestStep = result;
}

/** The step has failed already: what it threw is noted before the result is sent. */
function noteFailure(): void {
  const operation = currentOperation();
  if (!(operation?.newestStep instanceof Promise)) return;
  operation.newestStep.then(undefined, (error: unknown) => {
    operation.thrown = error;
  });
}
