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

/**
 * How an operation ends that is open when its recording is over. What a client has asked for goes on, and its answer may come yet:
 * of how it ends nothing is known.
 */
export function unseenOutcome(operation: Operation): Outcome {
  const outcome = unansweredOutcome(operation);
  const goesOn = operation.side === 'client' && operation.connection.isOfClient === true;
  return goesOn && outcome.kind === 'connection_closed' ? SENT : outcome;
}
