import { isSpecMethod } from '../../sdk/protocol/methods.ts';
import {
  ERROR_TYPE_CANCELLED,
  ERROR_TYPE_CONNECTION_CLOSED,
  ERROR_TYPE_TOOL,
} from '../../sdk/signals/semconv.ts';
import type { SpanKind } from '../recording/otlp.ts';

/** `url_required`: the answer asks for a step of the user, who is to open a URL; then the client asks again. */
export type EventStatus = 'ok' | 'error' | 'cancelled' | 'url_required';

/** What a span says of its message and of how that ended: all that the rules of this file look at. */
export interface Ending {
  readonly kind: SpanKind;
  /** `mcp.method.name`. */
  readonly method: string | undefined;
  /** `jsonrpc.request.id` or `mcp.request.id`. */
  readonly hasRequestId: boolean;
  /** Recorded by this package, which leaves no id out. */
  readonly isOwn: boolean;
  readonly hasErrorStatus: boolean;
  /** `error.type`. */
  readonly type: string | undefined;
  /** `exception.type`. */
  readonly exceptionType: string | undefined;
  /** `rpc.response.status_code`. */
  readonly code: string | undefined;
}

/** How the methods of notifications begin. */
export const NOTIFICATION = 'notifications/';
/** The code of an answer that says: URL elicitation required. */
export const URL_REQUIRED = '-32042';

/**
 * A request, as against a notification. Others do not record ids; by their names all notifications of the specification
 * are told, and what this package recorded without an id is one whatever its name.
 */
export function isRequest({ method, hasRequestId, isOwn }: Ending): boolean {
  if (method === undefined || method.startsWith(NOTIFICATION)) return false;
  return hasRequestId || !isOwn || isSpecMethod(method);
}

/** A request that a client sent, as against a notification, a request of the server, or a custom span. */
export function isReceivedRequest(ending: Ending): boolean {
  return ending.kind === 'server' && isRequest(ending);
}

export function statusOf(ending: Ending): EventStatus {
  if (ending.type === ERROR_TYPE_CANCELLED) return 'cancelled';
  if (!wentWrong(ending)) return 'ok';
  return ending.code === URL_REQUIRED ? 'url_required' : 'error';
}

/**
 * A failure, of which all views count the same: a request of a client that was answered with an error, or never. What
 * fails inside of it, spans of the server's own code and requests of the server, is the same failure or, where the
 * request went well, none.
 */
export function isFailure(ending: Ending): boolean {
  return isReceivedRequest(ending) && statusOf(ending) === 'error';
}

/** Answered with an error, which is what the errors in session spans count: {@link isFailure} differs by a little. */
export function isAnsweredWithError(ending: Ending): boolean {
  const { type } = ending;
  return wentWrong(ending) && type !== ERROR_TYPE_CONNECTION_CLOSED && type !== ERROR_TYPE_CANCELLED;
}

/** Ended without an answer: who asked gave up, or lost its connection. */
export function isUnanswered({ type, code }: Ending): boolean {
  return type !== undefined && type !== ERROR_TYPE_TOOL && code === undefined;
}

/**
 * What kind of error it was. Of a failed tool the class of the exception, where there was one: older recordings have it
 * as `error.type`, newer ones beside it.
 */
export function errorTypeOf({ type, exceptionType, code }: Ending): string | undefined {
  return type === ERROR_TYPE_TOOL ? (exceptionType ?? type) : (type ?? code);
}

/** Errors that are the caller's doing leave the status of a server's span unset, so their code decides. */
function wentWrong({ hasErrorStatus, code }: Ending): boolean {
  return hasErrorStatus || code !== undefined;
}
