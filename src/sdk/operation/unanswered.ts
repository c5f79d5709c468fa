import { CANCELLED, CONNECTION_CLOSED, type Outcome, SENT } from '../protocol/outcome.ts';
import type { Operation } from './operation.ts';

/**
 * How an operation ends that no response will end: its connection or its process is gone, it could not be sent, or
 * another one took its place.
 */
export function unansweredOutcome({ id, cancelRequested, hangUp }: Operation): Outcome {
  if (id === undefined) return SENT;
  return cancelRequested || hangUp?.aborted === true ? CANCELLED : CONNECTION_CLOSED;
}
