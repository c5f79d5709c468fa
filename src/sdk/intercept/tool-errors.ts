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

/** The observed form of each method: servers of one class share it. */
const observedMethods = new WeakMap<Method, Method>();

/**
 * Notes what a tool threw on the operation in whose context it ran. The promises of the steps go back untouched, and
 * only that of a failed step is listened to: most calls fail in none.
 */
export function watchToolErrors(server: HighLevelServer): void {
  const target = server as unknown as Record<string, unknown>;
  for (const step of STEPS) observe(target, step, noteStep);
  observe(target, FAILURE, noteFailure);
}

function observe(target: Record<string, unknown>, name: string, note: (result: unknown) => void): void {
  const original = target[name];
  if (typeof original !== 'function') return;
  let observed = observedMethods.get(original as Method);
  if (observed === undefined) {
    observed = observedMethod(original as Method, note);
    observedMethods.set(original as Method, observed);
    // A server can be instrumented again, after a shutdown.
    observedMethods.set(observed, observed);
  }
  target[name] = observed;
}

function observedMethod(original: Method, note: (result: unknown) => void): Method {
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

function currentOperation(): Operation | undefined {
  return context.active().getValue(CURRENT_OPERATION) as Operation | undefined;
}
