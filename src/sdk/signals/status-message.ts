import type { Operation } from '../operation/operation.ts';
import { failureText, type Outcome } from '../protocol/outcome.ts';
import type { SignalParts } from './signal-parts.ts';

/** What the client was told of a failure; of a tool's, where no exception says it. */
export function statusMessage(
  { thrown }: Operation,
  outcome: Outcome,
  { errorText, exceptionEvents }: Pick<SignalParts, 'errorText' | 'exceptionEvents'>,
): string | undefined {
  if (errorText === undefined) return undefined;
  if (outcome.kind === 'rpc_error') return errorText(outcome.message);
  if (outcome.kind !== 'tool_error' || (thrown !== undefined && exceptionEvents)) return undefined;
  const text = failureText(outcome.result);
  return text === undefined ? undefined : errorText(text);
}
